"""The worked examples of docs/statistics.md, as the field’s own libraries give them."""

from kpis.statistics.series import Improvement, Settings

UP, DOWN = Improvement.UP, Improvement.DOWN
BASE12 = [20, 22, 19, 21, 20, 23, 18, 21, 20, 22, 19, 21]
VIGNETTE = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
RISING = [
    *(58.2, 59.1, 57.4, 60, 58.8, 59.5, 57.9, 58.6, 60.3, 59, 58.1, 59.7),
    *(61.9, 62.4, 63, 62.2, 63.5, 62.8, 63.1, 64, 63.3, 62.9, 63.8, 64.2),
]
PRACTICES = [f"P{number:02}" for number in range(1, 13)]
SHARES = (
    [212, 148, 305, 91, 260, 402, 118, 176, 333, 64, 229, 155],
    [340, 260, 455, 170, 398, 610, 215, 251, 520, 128, 371, 270],
)
RATIOS = (
    [41, 66, 28, 95, 52, 33, 74, 60, 19, 88, 47, 36],
    [48.20, 55.10, 31.75, 80.40, 57.30, 35.90, 60.25, 66.80, 24.10, 79.60, 42.15, 44.45],
)
STANDARD = (
    [127, 25, 18, 21, 12, 27, 48, 27, 29, 32, 32, 34, 45, 65, 38, 68, 74, 82, 91],
    [636, 558, 609, 543, 384, 594, 669, 843, 660, 576, 606, 522, 426, 273, 300, 288, 153, 123, 207],
)

# name: values, settings, (mean, lower, upper) of the last segment, {point: its first rule}, variation, assurance
XMR = {
    "vignette": (VIGNETTE, Settings(UP), (1.944444, -3.062614, 6.951503), {5: "astronomical"}, "CommonCause", None),
    "vignette screened": (
        *(VIGNETTE, Settings(UP, screened=True), (1.944444, -0.715556, 4.604444)),
        *({5: "astronomical"}, "CommonCause", None),
    ),
    "two of three": (
        *([*BASE12, 25.5, 21, 25.6, 20, 21], Settings(DOWN, 30, 12), (20.5, 13.970909, 27.029091)),
        *({13: "two_of_three", 15: "two_of_three"}, "CommonCause", "Pass"),
    ),
    "beyond the limit is not near it": (
        *([*BASE12, 28, 27.5, 25.6, 20, 21], Settings(DOWN, fixed=12), (20.5, 13.970909, 27.029091)),
        *({13: "astronomical", 14: "astronomical"}, "CommonCause", None),
    ),
    "a trend across the mean": (
        [*BASE12[:11], 20, 20.2, 20.4, 20.6, 20.8, 21, 20.3],
        *(Settings(UP, fixed=12), (20.416667, 14.129394, 26.703939)),
        *(dict.fromkeys(range(11, 18), "trend"), "CommonCause", None),
    ),
    "a rise": (
        *(RISING, Settings(UP, 65, 12), (58.883333, 55.280242, 62.486424)),
        {12: "shift"}
        | dict.fromkeys((13, 14, 16), "two_of_three")
        | dict.fromkeys((15, *range(17, 25)), "astronomical"),
        *("ImprovementHigh", "Fail"),
    ),
    "all equal": ([89] * 13, Settings(UP, 89), (89, 89, 89), {}, "CommonCause", "HitOrMiss"),
    "a point on the mean breaks a shift": (
        *([*BASE12, 21, 22, 21, 22, 21, 22, 20.5, 21], Settings(UP, 20.5, 12), (20.5, 13.970909, 27.029091)),
        *(dict.fromkeys(range(12, 19), "shift"), "CommonCause", "HitOrMiss"),
    ),
}
