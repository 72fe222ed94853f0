// The state of the page is its address: q a word, t one of the tokens spelt so, a and b two groupings, p a list of groups.

const SUGGESTED = 10;
const field = document.getElementById("word"), hints = document.getElementById("hints"), news = document.getElementById("news");
const known = new Set(PAGE.groupings.map((g) => g.name));
let state = {}, latest = 0;

function address(changes) {
  const { a, b } = state, parts = new URLSearchParams();
  for (const [key, value] of Object.entries({ a, b, ...changes })) if (value !== undefined && value !== "") parts.set(key, value);
  return `#${parts.toString().replaceAll("%2F", "/")}`;
}

function read() {
  const parts = new URLSearchParams(location.hash.slice(1) || location.search); // a form gives the latter
  const given = (key) => (parts.get(key) ? parts.get(key) : undefined);
  const wrong = ["a", "b"].map(given).filter((name) => name && !known.has(name));
  const grouped = (key, otherwise) => (known.has(given(key)) ? given(key) : otherwise);
  state = { q: given("q"), t: given("t"), p: Object.hasOwn(LISTS, given("p") || "") ? given("p") : undefined, a: grouped("a", PAGE.start[0]), b: grouped("b", PAGE.start[1]) };
  const problem = document.getElementById("problem");
  problem.hidden = !wrong.length;
  problem.textContent = wrong.length ? `This run has no grouping ${wrong.map((name) => `“${name}”`).join(" and ")}; the page shows others.` : "";
}

// The token of a vocabulary that the address asks for: the very one if it says which, else the best that is spelt so.
function wanted(tokens, backbone) {
  const own = PAGE.groupings.find((g) => g.name === state.a).backbone, given = Number(state.t);
  if (state.t !== undefined && backbone === own && Number.isInteger(given) && given >= 0 && given < tokens.size && fold(tokens.text(given)) === fold(state.q)) return given;
  return tokens.find(state.q)[0];
}

async function render() {
  const ticket = ++latest;
  if (field.value !== (state.q || "") && document.activeElement !== field) field.value = state.q || "";
  const names = [state.a, state.b], sides = names.map((name) => groupings.get(name));
  columns.forEach((column, side) => column.wait(names[side]));
  const found = await Promise.allSettled(sides.map((ready, side) => ready || grouping(names[side])));
  if (ticket !== latest) return;
  const shown = found.map(({ value, reason }, side) => {
    if (reason) columns[side].fail(reason);
    return value && { groups: value, token: undefined };
  });
  const first = shown[0] || shown[1];
  if (!state.p && state.q === undefined && first) begin(first.groups);
  const lists = state.p ? await Promise.all(shown.map((one) => one && one.groups.list(state.p))) : [];
  if (ticket !== latest) return;
  for (const [side, one] of shown.entries()) if (one && !state.p) one.token = wanted(one.groups.tokens, PAGE.groupings.find((g) => g.name === names[side]).backbone);
  for (const [side, one] of shown.entries()) {
    if (!one) continue;
    const other = shown[1 - side], same = other && names[0] !== names[1] && other.groups.tokens === one.groups.tokens;
    if (state.p) columns[side].showList(one.groups, state.p, lists[side]);
    else if (one.token === undefined) columns[side].showNothing(one.groups, state.q);
    else columns[side].showToken(one.groups, one.token, same ? other : null);
  }
  if (first) suggest(first);
  for (const link of document.querySelectorAll(".presets a")) {
    const { word, list } = link.dataset;
    link.href = address(word === undefined ? { p: list } : { q: word });
    if (list ? list === state.p : !state.p && word === state.q) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  document.body.dataset.shown = ticket; // tests wait for it
}

// Without a question, the first keyword that is a subword; else the largest groups.
function begin(groups) {
  const word = PAGE.keywords.find((keyword) => groups.tokens.find(keyword).length);
  Object.assign(state, word === undefined ? { p: "largest" } : { q: word });
  if (document.activeElement !== field) field.value = state.q || "";
}

// Other subwords spelt alike, and those that begin like the word.
function suggest({ groups, token }) {
  const { tokens } = groups, chip = (i) => h("a", { class: "chip", href: address({ q: tokens.text(i), t: i }) }, subword(tokens, i));
  const alike = state.p ? [] : tokens.find(state.q).filter((i) => i !== token);
  const longer = state.p ? [] : tokens.beginning(state.q, SUGGESTED);
  const line = (title, all) => (all.length ? [h("p", {}, h("span", { class: "label" }, title), " ", all.flatMap((i) => [chip(i), " "]))] : []);
  hints.replaceChildren(...line("Spelt alike", alike), ...line("Longer", longer));
  const group = token === undefined ? -1 : groups.groupOf[token];
  if (state.p) news.textContent = `${LISTS[state.p].title}: ${LISTS[state.p].about}`;
  else news.textContent = group < 0 ? `No group for ${state.q}` : `${state.q}: a group of ${plural(groups.size[group], "subword", "subwords")}`;
}

const columns = ["a", "b"].map((side) => new Column(document.getElementById(side), side,
  (name) => go({ ...question(), [side]: name }),
  (groups, token) => go({ q: groups.tokens.text(token), t: token })));

function question() {
  return state.p ? { p: state.p } : { q: state.q, t: state.t };
}

function go(changes) { location.hash = address(changes); }

function follow() {
  read();
  if (document.activeElement !== field) field.value = state.q || "";
  render();
}

field.addEventListener("input", () => {
  const q = field.value.trim();
  if (!q) return;
  Object.assign(state, { q, t: undefined, p: undefined });
  history.replaceState(null, "", address({ q }));
  render();
});
document.getElementById("search").addEventListener("submit", (event) => {
  event.preventDefault();
  const q = field.value.trim();
  if (q) go({ q });
});
document.getElementById("copy").addEventListener("click", async (event) => {
  const button = event.currentTarget, link = location.href.split("#")[0] + address(question());
  try {
    await navigator.clipboard.writeText(link);
    news.textContent = button.textContent = "Link copied";
  } catch {
    location.hash = link.slice(link.indexOf("#"));
    news.textContent = button.textContent = "The link is in the address bar";
  }
  setTimeout(() => (button.textContent = "Copy link"), 2000);
});
window.addEventListener("hashchange", () => {
  field.blur();
  follow();
});
follow();
