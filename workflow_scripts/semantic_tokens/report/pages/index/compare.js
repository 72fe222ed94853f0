// Two conditions beside one another: differences of scores by task and language, with intervals over languages.
const comparison = (() => {
  const section = document.getElementById("compare-section");
  const ids = Object.keys(data.rows);
  if (!section || ids.length < 2) return { update() {} };
  const several = new Set(ids.map((id) => data.rows[id].backbone + data.rows[id].transfer)).size > 1;
  const name = (id) => (several ? `${data.rows[id].backbone}, ${data.rows[id].transfer}: ` : "") + data.rows[id].name;
  const selects = ["first", "second"].map((which) => {
    const select = document.getElementById(`compare-${which}`);
    select.append(new Option("–", ""), ...ids.map((id) => new Option(name(id), id)));
    select.addEventListener("change", () => state.set({ compare: selects.map((one) => one.value) }));
    return select;
  });
  document.getElementById("compare-swap").addEventListener("click", () => state.set({ compare: chosen().reverse() }));
  section.hidden = false;

  const chosen = () => [0, 1].map((place) => (data.rows[state.list("compare")[place]] ? state.list("compare")[place] : ""));
  const signed = (value) => {
    const text = Math.abs(100 * value).toFixed(1);
    return text === "0.0" ? text : (value < 0 ? "−" : "+") + text;
  };

  // Differences in the languages that both have, their mean, and its 95% interval (Student's), which needs two.
  function differences(first, second) {
    const languages = Object.keys(first).filter((lang) => lang in second);
    const found = languages.map((lang) => second[lang] - first[lang]);
    const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
    const squares = found.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const margin = found.length > 1
      ? data.student[found.length - 2] * Math.sqrt(squares / (found.length - 1) / found.length) : undefined;
    return { languages, found, mean, margin };
  }

  function line([task, title, metric], a, b) {
    const first = data.rows[a].scores[task], second = data.rows[b].scores[task];
    const { languages, found, mean, margin } = differences(first, second);
    if (!languages.length) return "";
    const average = (side) => languages.reduce((sum, lang) => sum + side[lang], 0) / languages.length;
    const clear = margin !== undefined && Math.abs(mean) > margin;
    const interval = margin === undefined ? "one language" : `${signed(mean - margin)} to ${signed(mean + margin)}`;
    const parts = languages.map((lang, place) => element("span", { class: found[place] < 0 ? "less" : "more" }, `${lang} ${signed(found[place])}`));
    return element("tr", {}, element("th", { scope: "row" }, title, element("small", {}, metric)),
      element("td", {}, average(first).toFixed(3)), element("td", {}, average(second).toFixed(3)),
      element("td", { class: clear ? "clear" : "" }, element("b", {}, signed(mean)), element("small", {}, interval)),
      element("td", { class: "by-language" }, ...parts.flatMap((part) => [part, " "])));
  }

  function update() {
    const [a, b] = chosen();
    selects.forEach((select, place) => (select.value = [a, b][place]));
    const place = document.getElementById("compared");
    if (!a || !b || a === b) return place.replaceChildren();
    const head = ["Task", "First", "Second", "Difference", "By language"].map((text) => element("th", { scope: "col" }, text));
    place.replaceChildren(element("table", { class: "compared" },
      element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...data.tasks.map((task) => line(task, a, b)))));
  }
  return { update };
})();
