// Filters, sorting and toggles of the matrix.
const matrix = (() => {
  const table = document.getElementById("conditions");
  if (!table) return { rows: [] };
  const rows = [...table.querySelectorAll("tbody tr[data-method]")];
  const FILTERS = {
    backbone: "Backbone", dim: "Dimensions", alignment: "Alignment", method: "Method", ratio: "Ratio",
    pretraining: "Pretrained", transfer: "Trained", seeds: "Seeds",
  };
  const filters = document.getElementById("filters");
  const order = new Map(rows.map((row, place) => [row, place]));
  const controls = {};

  function choice(key, title) {
    const values = [...new Set(rows.map((row) => row.dataset[key]))];
    if (values.length < 2) return;
    const select = element("select", { onchange: () => state.set({ [key]: select.value }) });
    select.append(new Option("all", ""), ...values.map((value) => new Option(value, value)));
    controls[key] = select;
    filters.append(element("label", { class: "choice" }, title, select));
  }

  function words() {
    const input = element("input", { type: "search", size: 14, oninput: () => state.set({ find: input.value }) });
    controls.find = input;
    filters.append(element("label", { class: "choice" }, "Find", input));
  }

  function shown(row) {
    const fits = Object.keys(FILTERS).every((key) => !controls[key] || !state.get(key) || row.dataset[key] === state.get(key));
    const text = `${row.dataset.backbone} ${row.dataset.transfer} ${row.cells[0].textContent}`.toLowerCase();
    return fits && state.get("find").toLowerCase().split(/\s+/).every((word) => text.includes(word));
  }

  function number(row, column) {
    const text = row.cells[column].dataset.value;
    return text === undefined || text === "" ? -Infinity : Number(text);
  }

  function arrange() {
    const headers = [...table.tHead.rows[0].cells];
    const column = headers.findIndex((header) => header.dataset.key === state.get("sort"));
    const sign = state.get("up") ? 1 : -1;
    headers.forEach((header, place) => {
      if (place) header.setAttribute("aria-sort", place !== column ? "none" : sign > 0 ? "ascending" : "descending");
    });
    for (const body of table.tBodies) {
      const own = [...body.rows].filter((row) => order.has(row));
      const before = (a, b) => order.get(a) - order.get(b);
      const now = own.slice();
      own.sort(column > 0 ? (a, b) => sign * (number(a, column) - number(b, column) || 0) || before(a, b) : before);
      if (own.every((row, place) => row === now[place])) continue; // a row that moves loses the focus
      own.forEach((row) => {
        const panel = row.nextElementSibling && row.nextElementSibling.matches(".panel") ? row.nextElementSibling : null;
        body.append(row, ...(panel ? [panel] : []));
      });
    }
  }

  function update() {
    for (const [key, control] of Object.entries(controls)) if (control.value !== state.get(key)) control.value = state.get(key);
    let count = 0;
    for (const row of rows) {
      row.hidden = !shown(row);
      count += !row.hidden;
      const panel = row.nextElementSibling;
      if (panel && panel.matches(".panel")) panel.hidden = row.hidden;
    }
    for (const body of table.tBodies) body.hidden = rows.filter((row) => row.parentNode === body).every((row) => row.hidden);
    arrange();
    document.getElementById("found").textContent = count === rows.length ? "" : `${count} of ${rows.length} conditions`;
  }

  Object.entries(FILTERS).forEach(([key, title]) => choice(key, title));
  words();
  const none = Object.fromEntries([...Object.keys(FILTERS), "find", "sort", "up"].map((key) => [key, ""]));
  filters.append(element("button", { type: "button", onclick: () => state.set(none) }, "Reset"));
  filters.hidden = false;

  [...table.tHead.rows[0].cells].slice(1).forEach((header) => {
    // From large to small, then from small to large, then as it was.
    const next = () => {
      const key = header.dataset.key;
      if (state.get("sort") !== key) state.set({ sort: key, up: "" });
      else if (!state.get("up")) state.set({ up: "1" });
      else state.set({ sort: "", up: "" });
    };
    header.replaceChildren(element("button", { type: "button", onclick: next }, ...header.childNodes));
  });

  const toggles = [...document.querySelectorAll("input[id^=show-]")];
  const standard = toggles.filter((box) => box.checked).map((box) => box.id.slice(5)).join(",");
  toggles.forEach((box) => box.addEventListener("change", () => {
    const chosen = toggles.filter((one) => one.checked).map((one) => one.id.slice(5)).join(",");
    state.set({ show: chosen === standard ? "" : chosen || "nothing" });
  }));
  state.onChange(() => {
    const chosen = (state.get("show") || standard).split(",");
    toggles.forEach((box) => (box.checked = chosen.includes(box.id.slice(5))));
  });
  return { rows, update };
})();
