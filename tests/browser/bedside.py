"""What a hand does at the bed: find the band of a position, and type a set on the pad."""

from tests.browser.screen import Screen

WELL = {
    "respiration_rate": "16", "spo2": "98", "oxygen": "air", "blood_pressure": "12478", "pulse": "76",
    "consciousness": "A", "temperature": "367",
}  # fmt: skip
OXYGEN = {
    "respiration_rate": "22", "spo2": "94", "oxygen": "3", "blood_pressure": "10462", "pulse": "112",
    "consciousness": "A", "temperature": "384",
}  # fmt: skip
LETTERS = {"A": "Tỉnh", "C": "Lú lẫn", "V": "Lời nói", "P": "Đau", "U": "Không"}


async def stay_at(screen: Screen, position: str, log: str = "noi") -> str:
    """The stay at this position."""
    rows = await screen.rows(log)
    place = next(row for row in rows if row["type"] == "position" and row["label"] == position)
    return str(next(row for row in rows if row["type"] == "stay" and row["position_id"] == place["key"])["key"])


async def band_at(screen: Screen, position: str, state: str = "live", log: str = "noi") -> str:
    """The 33 digits of the band of whoever lies there."""
    stay = await stay_at(screen, position, log)
    rows = await screen.rows(log)
    bands = [row for row in rows if row["type"] == "wristband" and row["stay_id"] == stay and row["state"] == state]
    return str(bands[-1]["key"])


async def chart(screen: Screen, values: dict[str, str]) -> None:
    """Types these values in the pad's own order, and saves."""
    for parameter, value in values.items():
        if parameter == "oxygen":
            await _oxygen(screen, value)
        elif parameter == "consciousness":
            await screen.tap(screen.button(f"{value} {LETTERS[value]}").first)
        else:
            for digit in value:
                await screen.tap(screen.button(digit, exact=True))
    await screen.tap(screen.button("Lưu"))


async def _oxygen(screen: Screen, value: str) -> None:
    if value == "air":
        await screen.tap(screen.button("Khí phòng", exact=True).first)
        return
    await screen.tap(screen.button("Oxy", exact=True).first)
    for digit in value:
        await screen.tap(screen.button(digit, exact=True))
    await screen.tap(screen.button("Gọng kính", exact=True))
