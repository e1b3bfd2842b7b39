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

  // The header's search: "/" goes there; what is found shows under it, for arrow keys and Enter.
  const find = document.getElementById("find");
  if (find) {
    const list = Object.assign(document.createElement("ul"), { id: "find-list", className: "app-find__list", hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Found");
    find.form.append(list);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) find.setAttribute(name, value);
    let asked = 0;
    const options = () => [...list.children];
    const show = (open) => {
      list.hidden = !open;
      find.setAttribute("aria-expanded", String(open));
      if (!open) find.removeAttribute("aria-activedescendant");
    };
    const choose = (option) => {
      options().forEach((one) => one.setAttribute("aria-selected", String(one === option)));
      if (option) find.setAttribute("aria-activedescendant", option.id);
    };
    const ask = async () => {
      const mine = ++asked;
      if (find.value.trim().length < 2) return show(false);
      const address = new URL(find.form.action);
      for (const [name, value] of new FormData(find.form)) if (name !== "go") address.searchParams.set(name, value);
      const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
      if (mine !== asked || !answer || !answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== asked) return;
      list.replaceChildren(...[...page.querySelectorAll("[data-hit]")].slice(0, 8).map((hit, number) => {
        const option = Object.assign(document.createElement("li"), { id: `find-${number}` });
        option.setAttribute("role", "option");
        option.dataset.url = hit.getAttribute("href");
        const note = hit.nextElementSibling;
        option.append(hit.textContent, note ? document.adoptNode(note) : "");
        option.addEventListener("mousedown", () => location.assign(option.dataset.url));
        return option;
      }));
      choose(null);
      show(list.children.length > 0 && document.activeElement === find);
    };
    let soon;
    find.addEventListener("input", () => {
      clearTimeout(soon);
      soon = setTimeout(ask, 150);
    });
    find.addEventListener("blur", () => show(false));
    find.addEventListener("keydown", (event) => {
      const all = options(), at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
      if (event.key === "Escape") show(false);
      else if (list.hidden || !all.length) return;
      else if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
      else if (event.key === "ArrowUp") choose(all[(at + all.length - (at < 0 ? 0 : 1)) % all.length]);
      else if (event.key === "Enter" && at >= 0) location.assign(all[at].dataset.url);
      else return;
      event.preventDefault();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest("input, textarea, select, [contenteditable]")) return;
      event.preventDefault();
      find.focus();
    });
  }

  // A text to be copied: a click selects it, a button copies it.
  document.querySelectorAll("input[data-copy-text]").forEach((field) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Copy", className: "nhsuk-button nhsuk-button--secondary nhsuk-button--small app-copy" });
    button.addEventListener("click", async () => {
      field.select();
      await navigator.clipboard?.writeText(field.value).then(() => (button.textContent = "Copied"), () => {});
    });
    field.addEventListener("focus", () => field.select());
    if (navigator.clipboard) field.after(button);
  });
  // The rows shown, copied so that they paste as a table: only what can be seen, without columns of pictures.
  const cells = (table) => {
    table.classList.add("app-table--bare");
    const rows = [...table.rows].map((row) => [...row.cells].map((cell) => cell.innerText.split("\n").map((line) => line.replace(/\s+/g, " ").trim()).filter(Boolean).map(harmless)));
    table.classList.remove("app-table--bare");
    const filled = rows[0].map((_, column) => rows.slice(1).some((row) => row[column]?.length));
    return rows.map((row) => row.filter((_, column) => filled[column]));
  };
  // A spreadsheet takes what begins like this for a formula; a number it may be.
  const harmless = (text) => (/^[=+\-@＝＋－＠]/.test(text) && !/^[+-][\d.,]+%?$/.test(text) ? `'${text}` : text);
  const asHtml = (rows) => {
    const safe = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
    const line = (row, tag) => `<tr>${row.map((cell) => `<${tag}>${cell.map(safe).join("<br>")}</${tag}>`).join("")}</tr>`;
    return `<table border="1"><thead>${line(rows[0], "th")}</thead><tbody>${rows.slice(1).map((row) => line(row, "td")).join("")}</tbody></table>`;
  };
  if (navigator.clipboard?.write && window.ClipboardItem) {
    document.documentElement.classList.add("app-can-copy");
    document.addEventListener("click", async ({ target }) => {
      const button = target.closest("[data-copy]");
      if (!button) return;
      const said = button.nextElementSibling;
      said.textContent = "";
      const rows = cells(document.querySelector(".app-list__rows .app-table"));
      const forms = { "text/html": asHtml(rows), "text/plain": rows.map((row) => row.map((cell) => cell.join(" ")).join("\t")).join("\r\n") };
      const blobs = Object.entries(forms).map(([type, text]) => [type, new Blob([text], { type })]);
      said.textContent = await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]).then(
        () => "Copied",
        () => "The browser did not allow it. Take the rows as Excel.",
      );
    });
  }

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
  // middle of a form, or the page answers one: asked again it would have nothing of what was typed.
  const answersAForm = "main form[data-warn-unsaved], main input[name=effect_shown], main [role=alert], .nhsuk-error-summary";
  const watch = async () => {
    for (let pause = 300; ; pause = Math.min(pause * 1.5, 5000)) {
      await wait(pause);
      const page = await again().catch(() => null);
      if (!page || page.querySelector("[data-updating]")) continue;
      if (unsaved || document.querySelector(`main form :focus, ${answersAForm}`)) {
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
