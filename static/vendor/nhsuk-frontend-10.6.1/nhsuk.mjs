// The parts of NHS.UK frontend 10.6.1 that the portal uses, started once; see README.md for how to build.
// Every page works without this script: it adds focus to error summaries, a show button to passwords,
// conditional questions to radios and checkboxes, and a guard against sending a form twice.
import { Button } from "nhsuk/components/button/button.mjs";
import { Checkboxes } from "nhsuk/components/checkboxes/checkboxes.mjs";
import { ErrorSummary } from "nhsuk/components/error-summary/error-summary.mjs";
import { PasswordInput } from "nhsuk/components/password-input/password-input.mjs";
import { Radios } from "nhsuk/components/radios/radios.mjs";
import { SkipLink } from "nhsuk/components/skip-link/skip-link.mjs";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
for (const Part of [Button, Checkboxes, ErrorSummary, PasswordInput, Radios, SkipLink]) {
  for (const element of document.querySelectorAll(`[data-module="${Part.moduleName}"]`)) {
    new Part(element);
  }
}
