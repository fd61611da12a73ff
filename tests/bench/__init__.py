"""The figures: the house beside floors measured in the same run (`./bedside bench`)."""
