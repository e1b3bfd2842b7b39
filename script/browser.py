"""Prints the path of a Chromium that Playwright can drive here; exit 1 and the reason on stderr when there is none."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def main() -> int:
    """Try each in turn: a browser counts once it has shown a page."""
    reason = "none is installed"
    with sync_playwright() as playwright:
        chosen = os.environ.get("CC2H_CHROMIUM")
        found = [chosen] if chosen else [shutil.which(name) for name in NAMES]
        for path in [*found, MAC, playwright.chromium.executable_path]:
            if not path or not Path(path).exists():
                continue
            try:
                browser = playwright.chromium.launch(executable_path=path)
                browser.new_page().set_content("<p>It works</p>")
                browser.close()
            except Error as error:
                reason = f"{path} does not start: {error.message}"
                continue
            print(path)
            return 0
    print(reason, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
