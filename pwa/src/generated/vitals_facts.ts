// Made by ./bedside generate from backend/vitals/data/vitals.json.
export const FACTS = {
  "version": "2026-11-24",
  "sign_off": "Every score and limit here needs the sign-off of the hospital's own clinicians before use on patients.",
  "news2": {
    "source": "Royal College of Physicians. National Early Warning Score (NEWS) 2: Standardising the assessment of acute-illness severity in the NHS. Updated report of a working party. London: RCP, 2017. Chart 1 (points), Chart 2 (bands), Chart 4 (how often). Temperature in tenths of a degree C. Intervals: Chart 4; of its 4 to 6 hours for 1-4 the outer edge; 'continuous' for 7 and more is 30 minutes by hand, 60 with a monitor (Bedside; a hospital setting).",
    "bands": {
      "respiration_rate": [
        [
          null,
          8,
          3
        ],
        [
          9,
          11,
          1
        ],
        [
          12,
          20,
          0
        ],
        [
          21,
          24,
          2
        ],
        [
          25,
          null,
          3
        ]
      ],
      "spo2_scale_1": [
        [
          null,
          91,
          3
        ],
        [
          92,
          93,
          2
        ],
        [
          94,
          95,
          1
        ],
        [
          96,
          null,
          0
        ]
      ],
      "spo2_scale_2_on_air": [
        [
          null,
          83,
          3
        ],
        [
          84,
          85,
          2
        ],
        [
          86,
          87,
          1
        ],
        [
          88,
          null,
          0
        ]
      ],
      "spo2_scale_2_on_oxygen": [
        [
          null,
          83,
          3
        ],
        [
          84,
          85,
          2
        ],
        [
          86,
          87,
          1
        ],
        [
          88,
          92,
          0
        ],
        [
          93,
          94,
          1
        ],
        [
          95,
          96,
          2
        ],
        [
          97,
          null,
          3
        ]
      ],
      "systolic_bp": [
        [
          null,
          90,
          3
        ],
        [
          91,
          100,
          2
        ],
        [
          101,
          110,
          1
        ],
        [
          111,
          219,
          0
        ],
        [
          220,
          null,
          3
        ]
      ],
      "pulse": [
        [
          null,
          40,
          3
        ],
        [
          41,
          50,
          1
        ],
        [
          51,
          90,
          0
        ],
        [
          91,
          110,
          1
        ],
        [
          111,
          130,
          2
        ],
        [
          131,
          null,
          3
        ]
      ],
      "temperature": [
        [
          null,
          350,
          3
        ],
        [
          351,
          360,
          1
        ],
        [
          361,
          380,
          0
        ],
        [
          381,
          390,
          1
        ],
        [
          391,
          null,
          2
        ]
      ]
    },
    "oxygen": 2,
    "consciousness": {
      "A": 0,
      "C": 3,
      "V": 3,
      "P": 3,
      "U": 3
    },
    "thresholds": {
      "medium": 5,
      "high": 7
    },
    "interval_minutes": {
      "zero": 720,
      "low": 360,
      "red_single": 60,
      "medium": 60,
      "high": 30,
      "high_with_monitor": 60
    },
    "minimum_age_months": 192
  },
  "pregnancy": {
    "source": "NEWS2 (RCP 2017) is not for use in pregnancy. 42 days after birth: Bedside, after the obstetric definition of the puerperium; clinician to confirm.",
    "days_after_birth": 42
  },
  "assembly": {
    "source": "Bedside, docs/rules/vitals.md V3; a hospital setting.",
    "window_minutes": 30,
    "say_span_over_minutes": 10
  },
  "rise": {
    "source": "Bedside, docs/rules/vitals.md V10; a hospital setting.",
    "anywhere": 3,
    "into_or_within_a_calling_band": 2
  },
  "entry_times": {
    "source": "Bedside, docs/rules/vitals.md V13; a hospital setting.",
    "late_after_minutes": 60,
    "future_tolerance_seconds": 60
  },
  "history": {
    "source": "Bedside: the window of the chart a tablet holds.",
    "hours": 72
  },
  "care_level_interval_minutes": {
    "source": "Hospital setting; default by nursing care level I, II, III.",
    "1": 240,
    "2": 480,
    "3": 720
  },
  "unscored_interval_minutes": {
    "source": "Bedside: where no score is valid, the interval of the low band; beyond a red limit '3 in one' acts. A hospital setting.",
    "none": 360
  },
  "entry": {
    "source": "Bedside: `impossible` is what a bedside device cannot show; `rare` is asked about once for the whole set. A hospital setting.",
    "respiration_rate": {
      "impossible": [
        0,
        99
      ],
      "rare": [
        6,
        50
      ]
    },
    "spo2": {
      "impossible": [
        1,
        100
      ],
      "rare": [
        75,
        100
      ]
    },
    "oxygen_flow_tenths": {
      "impossible": [
        0,
        800
      ],
      "rare": [
        0,
        150
      ]
    },
    "systolic_bp": {
      "impossible": [
        20,
        300
      ],
      "rare": [
        60,
        230
      ]
    },
    "diastolic_bp": {
      "impossible": [
        10,
        200
      ],
      "rare": [
        30,
        130
      ]
    },
    "pulse": {
      "impossible": [
        10,
        300
      ],
      "rare": [
        35,
        180
      ]
    },
    "temperature": {
      "impossible": [
        200,
        450
      ],
      "rare": [
        345,
        410
      ]
    },
    "pain": {
      "impossible": [
        0,
        10
      ],
      "rare": [
        0,
        10
      ]
    }
  },
  "red_limits": {
    "infant": {
      "source": "NHS England, National PEWS (SPOT programme) configuration document, four-point bands, 0 to 11 months; clinician to confirm.",
      "from_months": 0,
      "low": {
        "respiration_rate": 9,
        "spo2": 91,
        "systolic_bp": 49,
        "pulse": 79
      },
      "high": {
        "respiration_rate": 70,
        "systolic_bp": 110,
        "pulse": 180,
        "oxygen": 60
      },
      "oxygen_codes": [
        "high_flow",
        "cpap_bipap",
        "ventilator"
      ]
    },
    "child_1y": {
      "source": "NHS England, National PEWS (SPOT programme) configuration document, four-point bands, 1 to 4 years; clinician to confirm.",
      "from_months": 12,
      "low": {
        "respiration_rate": 9,
        "spo2": 91,
        "systolic_bp": 49,
        "pulse": 59
      },
      "high": {
        "respiration_rate": 60,
        "systolic_bp": 130,
        "pulse": 170,
        "oxygen": 60
      },
      "oxygen_codes": [
        "high_flow",
        "cpap_bipap",
        "ventilator"
      ]
    },
    "child_5y": {
      "source": "NHS England, National PEWS (SPOT programme) configuration document, four-point bands, 5 to 12 years; clinician to confirm.",
      "from_months": 60,
      "low": {
        "respiration_rate": 9,
        "spo2": 91,
        "systolic_bp": 69,
        "pulse": 59
      },
      "high": {
        "respiration_rate": 50,
        "systolic_bp": 130,
        "pulse": 160,
        "oxygen": 60
      },
      "oxygen_codes": [
        "high_flow",
        "cpap_bipap",
        "ventilator"
      ]
    },
    "child_13y": {
      "source": "NHS England, National PEWS (SPOT programme) configuration document, four-point bands, 13 years and over; clinician to confirm.",
      "from_months": 156,
      "low": {
        "respiration_rate": 9,
        "spo2": 91,
        "systolic_bp": 79,
        "pulse": 49
      },
      "high": {
        "respiration_rate": 40,
        "systolic_bp": 140,
        "pulse": 130,
        "oxygen": 60
      },
      "oxygen_codes": [
        "high_flow",
        "cpap_bipap",
        "ventilator"
      ]
    },
    "adult": {
      "source": "The three-point bands of NEWS2 (RCP 2017), used singly where no score is valid; clinician to confirm.",
      "from_months": 192,
      "low": {
        "respiration_rate": 8,
        "spo2": 91,
        "systolic_bp": 90,
        "pulse": 40,
        "temperature": 350
      },
      "high": {
        "respiration_rate": 25,
        "systolic_bp": 220,
        "pulse": 131
      },
      "oxygen_codes": []
    },
    "maternity": {
      "source": "Shields LE et al., Am J Obstet Gynecol 2016;214:527 (Maternal Early Warning Trigger). Severe: pulse > 130, respiration > 30, SpO2 < 90. Where it has no severe limit on a side, its non-severe one is taken singly: pulse < 50, respiration < 10, pressure > 160/110 or < 85/45, temperature > 38.0 or < 36.0. Its mean pressure < 55 mmHg cannot be reached without one of these. Clinician to confirm.",
      "from_months": null,
      "low": {
        "respiration_rate": 9,
        "spo2": 89,
        "systolic_bp": 84,
        "diastolic_bp": 44,
        "pulse": 49,
        "temperature": 359
      },
      "high": {
        "respiration_rate": 31,
        "systolic_bp": 161,
        "diastolic_bp": 111,
        "pulse": 131,
        "temperature": 381
      },
      "oxygen_codes": []
    }
  },
  "codes": {
    "oxygen": [
      "air",
      "nasal_cannula",
      "simple_mask",
      "venturi",
      "non_rebreather",
      "high_flow",
      "cpap_bipap",
      "ventilator"
    ],
    "consciousness": [
      "A",
      "C",
      "V",
      "P",
      "U"
    ],
    "temperature_site": [
      "axillary",
      "oral",
      "tympanic",
      "rectal",
      "forehead"
    ],
    "not_taken": [
      "asleep",
      "refused",
      "off_ward",
      "no_device",
      "not_needed"
    ],
    "not_measurable": [
      "too_ill",
      "device_fails",
      "moving",
      "cold_hands"
    ]
  }
} as const;
