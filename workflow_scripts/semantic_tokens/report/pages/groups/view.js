// What the page shows, as elements. All text of the run enters as text nodes and attributes, never as markup.

const ROWS = 20, GLIMPSE = 4; // members shown at first, and of a group in a list
const number = new Intl.NumberFormat("en");
const languageNames = new Intl.DisplayNames(["en"], { type: "language", fallback: "none" });

function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child != null));
  return element;
}

function languageName(code) {
  try {
    return languageNames.of(code) || code;
  } catch {
    return code; // a folder of the user's may have any name
  }
}

// A token as it reads; the dots say that it continues a word.
function subword(tokens, i) {
  const text = tokens.text(i), blank = /^[\p{C}\p{Z}\p{M}]+$/u.test(text);
  const shown = blank ? Array.from(text, (c) => `U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`).join(" ") : text;
  const dots = tokens.kind[i] & CONTINUES ? h("span", { class: "dots" }, "…") : null;
  return h("bdi", { lang: tokens.tag(i), dir: tokens.direction(i), class: tokens.kind[i] & SPECIAL || blank ? "sign" : null }, dots, shown);
}

function glimpse(groups, group) {
  const all = groups.members(group), found = [];
  for (const token of all.subarray(0, GLIMPSE)) found.push(subword(groups.tokens, token), " ");
  if (all.length > GLIMPSE) found.push(h("span", { class: "soft" }, `+${number.format(all.length - GLIMPSE)}`));
  return found;
}

const plural = (n, one, many) => `${number.format(n)} ${n === 1 ? one : many}`;

// One of the two groupings side by side.
class Column {
  constructor(root, side, onGrouping, onToken) {
    Object.assign(this, { root, side, onToken, groups: null });
    this.select = root.querySelector("select");
    this.select.addEventListener("change", () => onGrouping(this.select.value));
    this.answer = root.querySelector(".answer");
    this.figure = root.querySelector("figure");
    const canvas = this.figure.querySelector("canvas"), tip = this.figure.querySelector(".tip");
    this.map = new CentroidMap(canvas, tip, (group) => glimpse(this.groups, group), (group) => onToken(this.groups, this.groups.centre(group)));
    this.select.append(...PAGE.groupings.map((g) => h("option", { value: g.name }, g.label)));
  }

  wait(name) {
    this.select.value = name;
    if (!this.groups) this.answer.replaceChildren(h("p", { class: "soft" }, "Loading…"));
  }

  fail(error) {
    this.figure.hidden = true;
    this.answer.replaceChildren(h("p", { class: "problem", role: "alert" }, error.message));
  }

  // The group of a token; `other` is the same of the other column, where both have one vocabulary.
  showToken(groups, token, other) {
    this.groups = groups;
    const group = groups.groupOf[token];
    if (group < 0) {
      this.answer.replaceChildren(h("p", {}, subword(groups.tokens, token), " is dropped by this grouping."));
      this.drawMap(-1, []);
      return;
    }
    const theirs = other && other.groups.groupOf[token] >= 0 ? other.groups.groupOf[token] : -1;
    const shared = theirs < 0 ? null : (member) => other.groups.groupOf[member] === theirs;
    const near = groups.nearest(group);
    this.answer.replaceChildren(this.facts(group, shared), this.table(group, token, shared, ROWS), ...this.neighbours(near));
    this.drawMap(group, near.map(([id]) => id));
  }

  facts(group, shared) {
    const { groups } = this, { tokens } = groups, all = groups.members(group), { scripts, languages } = groups.content(group);
    const facts = [[all.length, all.length === 1 ? "subword" : "subwords"], [scripts, scripts === 1 ? "script" : "scripts"]];
    if (tokens.languages) {
      facts.push([languages, languages === 1 ? "language" : "languages"]);
      facts.push([all.filter((i) => !tokens.total(i)).length, "never in the text"]);
    }
    if (shared) facts.push([all.filter(shared).length, "in both groups"]);
    return h("dl", { class: "facts" }, facts.map(([n, what]) => h("div", {}, h("dt", {}, what), h("dd", {}, number.format(n)))));
  }

  table(group, token, shared, most) {
    const { groups } = this, { tokens } = groups, all = groups.members(group), text = tokens.languages !== null;
    const head = ["Subword", "Script", ...(text ? ["Languages", "Count"] : []), "Cosine"];
    const rows = Array.from(all.subarray(0, most), (i) => this.row(i, token, shared, text));
    const table = h("table", { class: text ? "members" : "members no-text" },
      h("caption", {}, `Group ${number.format(group)} of ${number.format(groups.size.length)}`),
      h("thead", {}, h("tr", {}, head.map((name) => h("th", { scope: "col", class: name.toLowerCase() }, name)))),
      h("tbody", {}, rows));
    if (all.length <= most) return table;
    const more = h("button", { type: "button", class: "more" }, `Show all ${number.format(all.length)} subwords`);
    const box = h("div", {}, table, more);
    more.addEventListener("click", () => {
      const whole = this.table(group, token, shared, all.length);
      box.replaceWith(whole);
      whole.querySelectorAll("tbody a")[most].focus();
    });
    return box;
  }

  row(i, token, shared, text) {
    const { groups } = this, { tokens } = groups, cosine = groups.cosineOf(i), total = text ? tokens.total(i) : 0;
    const both = shared && shared(i);
    const name = h("th", { scope: "row", class: "subword", dir: tokens.direction(i), lang: tokens.tag(i) },
      both ? h("span", { class: "both", title: "in both groups" }) : null,
      h("a", { href: address({ q: tokens.text(i), t: i }), title: `token ${i}`, "aria-current": i === token ? "true" : null }, subword(tokens, i)),
      both ? h("span", { class: "unseen", lang: "en" }, " (in both groups)") : null);
    const script = h("td", { class: "script" }, tokens.scriptName(i) || "–");
    const cells = [name, script];
    if (text) cells.push(this.languages(i), h("td", { class: "count" }, total ? number.format(total) : h("span", { class: "never" }, "never")));
    const bar = h("td", { class: "cosine" }, h("span", {}, cosine.toFixed(2)));
    bar.style.setProperty("--share", `${Math.max(0, cosine) * 100}%`);
    return h("tr", { class: [text && !total ? "absent" : "", i === token ? "asked" : ""].join(" ").trim() || null }, cells, bar);
  }

  languages(i) {
    const found = this.groups.tokens.occurrences(i), shown = found.slice(0, found.length > 4 ? 3 : 4), rest = found.length - shown.length;
    const title = found.map(([code, n]) => `${languageName(code)}: ${number.format(n)}`).join(", ");
    const names = shown.flatMap(([code], at) => [at ? " " : "", h("span", { class: "code" }, code)]);
    return h("td", { class: "languages", title: title || null }, names, rest ? h("span", { class: "soft" }, ` +${rest}`) : null, found.length ? null : "–");
  }

  neighbours(near) {
    if (!near.length) return [];
    return [h("h2", {}, "Nearest groups"), this.groupList(near.map(([group, cosine]) => [group, cosine.toFixed(2)]))];
  }

  groupList(entries) {
    const { groups } = this;
    return h("ol", { class: "groups" }, entries.map(([group, value]) => {
      const centre = groups.centre(group);
      return h("li", {}, h("a", { href: address({ q: groups.tokens.text(centre), t: centre }) }, glimpse(groups, group)), h("span", { class: "value" }, value));
    }));
  }

  showList(groups, name, found) {
    this.groups = groups;
    const { title, about } = LISTS[name];
    const none = h("p", {}, `No group of this grouping is ${name === "mixed" ? "of several scripts" : "of this kind"}.`);
    this.answer.replaceChildren(h("h2", {}, title, h("small", {}, about)), found.length ? this.groupList(found.map(([group, n]) => [group, number.format(n)])) : none);
    this.drawMap(-1, found.map(([group]) => group));
  }

  showNothing(groups, word) {
    this.groups = groups;
    this.answer.replaceChildren(h("p", { class: "nothing" }, "No subword of ", h("b", {}, PAGE.groupings.find((g) => g.name === groups.name).backbone), " is spelt ",
      h("bdi", { class: "asked-for" }, word), ". A longer word is read as several subwords: try a part of it."));
    this.drawMap(-1, []);
  }

  drawMap(current, near) {
    const { groups } = this;
    this.figure.hidden = groups.mapped.length < 3;
    if (this.figure.hidden) return;
    this.map.show(groups, current, near);
    if (this.legendOf === groups) return;
    this.legendOf = groups;
    const entries = [...this.map.colours].map(([script, colour]) => [groups.tokens.scripts[script][1], colour]);
    this.figure.querySelector(".legend").replaceChildren(...[...entries, ["others", "--script-rest"]].map(([name, colour]) => {
      const item = h("li", {}, name);
      item.style.setProperty("--colour", `var(${colour})`);
      return item;
    }));
    const some = groups.mapped.length < groups.size.length ? ` of ${number.format(groups.size.length)}` : "";
    this.figure.querySelector(".points").textContent = `${number.format(groups.mapped.length)}${some} groups`;
  }
}
