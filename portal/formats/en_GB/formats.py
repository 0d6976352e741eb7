"""Days in forms: 2026-11-23 is read the same way everywhere; 3/4/2026 is not."""

DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
