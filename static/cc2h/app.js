// A little comfort for those with script; nothing on any page depends on it.
(() => {
  "use strict";
  const phone = matchMedia("(max-width: 40.0525rem)");

  // The filter panel starts folded on a phone.
  if (phone.matches) document.querySelectorAll("details[data-fold]").forEach((panel) => (panel.open = false));

  // A click elsewhere, or Escape, closes the header's "as known on".
  const known = document.querySelector(".app-as-at__known");
  if (known) {
    document.addEventListener("click", (event) => known.contains(event.target) || (known.open = false));
    known.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        known.open = false;
        known.querySelector("summary").focus();
      }
    });
  }

  // A day left empty in the header stays out of the address.
  document.querySelector(".app-as-at")?.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
  });

  // Leaving a form with something typed asks first.
  let unsaved = false;
  document.querySelectorAll("form[data-warn-unsaved]").forEach((form) => {
    form.addEventListener("input", () => (unsaved = true));
    form.addEventListener("submit", () => (unsaved = false));
  });
  addEventListener("beforeunload", (event) => unsaved && event.preventDefault());

  // The page as the server would give it now; null when it can't be had, or has become another page.
  const again = async () => {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return null;
    if (answer.redirected) {
      location.assign(answer.url);
      return null;
    }
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };
  const swap = (page, id) => {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (old && fresh) old.replaceWith(document.adoptNode(fresh));
    return fresh;
  };
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));

  // While figures are being updated, ask again; then show the new ones in place, unless the reader is in the
  // middle of a form.
  const watch = async () => {
    for (let pause = 300; ; pause = Math.min(pause * 1.5, 5000)) {
      await wait(pause);
      const page = await again().catch(() => null);
      if (!page || page.querySelector("[data-updating]")) continue;
      if (unsaved || document.querySelector("main form :focus")) {
        const link = Object.assign(document.createElement("a"), { href: location.href, textContent: "Show the new figures" });
        document.querySelector("[data-freshness]").replaceChildren("Figures have been updated. ", link);
      } else {
        swap(page, "maincontent");
        swap(page, "freshness");
      }
      return;
    }
  };
  if (document.querySelector("[data-updating]")) watch();

  // Work under way: fetch its part of the page until the server moves us on.
  const follow = async (id) => {
    while (document.getElementById(id)) {
      await wait(1500);
      const page = await again().catch(() => null);
      if (page && !swap(page, id)) swap(page, "maincontent");
    }
  };
  document.querySelectorAll("[data-poll]").forEach((part) => follow(part.id));
})();
