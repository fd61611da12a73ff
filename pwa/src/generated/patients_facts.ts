// Made by ./bedside generate from backend/patients/data/patients.json.
export const FACTS = {
  "local_time": {
    "source": "Hospital setting; Vietnam has UTC+7 and no summer time.",
    "utc_offset_minutes": 420
  },
  "age": {
    "source": "The age bands of backend/vitals/data/vitals.json: red limits at 1, 5 and 13 years, NEWS2 from 16 years (RCP 2017).",
    "band_edges_months": [
      12,
      60,
      156,
      192
    ]
  },
  "weight": {
    "source": "Bedside, docs/rules/patients.md P5 and P6; hospital settings, clinician to confirm.",
    "stale_after_hours": [
      [
        1,
        24
      ],
      [
        12,
        72
      ],
      [
        192,
        168
      ],
      [
        null,
        720
      ]
    ],
    "change_percent": 10
  },
  "postpartum": {
    "source": "Six weeks of puerperium, 42 days after birth (WHO); docs/rules/patients.md P8.",
    "days": 42
  },
  "names": {
    "source": "Bedside, docs/rules/patients.md P1: letters that Unicode does not decompose.",
    "letters": {
      "đ": "d"
    }
  }
} as const;
