// Folding and filtering only; the page says all that it says without this.
(() => {
  const reveal = (target) => {
    for (let box = target && target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  };
  const follow = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    target.hidden = false;
    if (target.tagName === "DETAILS") target.open = true;
    reveal(target);
    target.scrollIntoView();
  };
  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) follow();
  });

  const make = (tag, text, more) => Object.assign(document.createElement(tag), { textContent: text }, more);
  for (const [words, open] of [["Unfold all", true], ["Fold all", false]]) {
    const button = make("button", words, { type: "button" });
    button.addEventListener("click", () => {
      for (const box of document.querySelectorAll("main section details")) if (!open || !box.matches(".log")) box.open = open;
    });
    document.getElementById("fold").append(button, " ");
  }

  for (const log of document.querySelectorAll("details.log")) {
    log.addEventListener("toggle", () => {
      if (log.querySelector("form")) return;
      const rows = [...log.querySelectorAll("tbody tr:not(.cut)")];
      const which = make("select", "");
      for (const [value, words] of [["", "all events"], ["q", "requests"], ["n", "around a finding"]])
        which.append(make("option", words, { value }));
      const what = make("input", "", { type: "search", placeholder: "an id, or any text" });
      const said = make("output", "");
      const filter = () => {
        const text = what.value.trim().toLowerCase();
        let shown = 0;
        for (const row of rows) {
          const fits = !which.value || row.classList.contains(which.value);
          row.hidden = !(fits && (!text || row.textContent.toLowerCase().includes(text)));
          if (!row.hidden) shown += 1;
        }
        said.textContent = `${shown} of ${rows.length} shown`;
      };
      const form = make("form", "", { className: "filter" });
      const first = make("label", "Show ");
      const second = make("label", "containing ");
      first.append(which);
      second.append(what);
      form.append(first, second, said);
      for (const kind of ["input", "change"]) form.addEventListener(kind, filter);
      form.addEventListener("submit", (event) => event.preventDefault());
      log.querySelector("summary").after(form);
      filter();
    });
  }
  if (location.hash) follow();
})();
