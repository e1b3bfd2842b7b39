"""The portal measured against its limits: ratios of what it does to what it could at best, side by side in one run."""
