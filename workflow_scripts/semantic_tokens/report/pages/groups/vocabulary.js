// The tokens of a backbone: what each is, and finding those that are spelt like a word.

const RIGHT_TO_LEFT = new Set(["Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Samr", "Mand", "Rohg"]);
// The language to set text in where no text of the run shows it: fonts draw Han characters by language.
const USUAL_LANGUAGE = { Hani: "zh", Hira: "ja", Kana: "ja", Hang: "ko" };
const WRITTEN_IN = { Hani: ["zh", "ja", "ko", "yue", "wuu", "lzh"], Hira: ["ja"], Kana: ["ja"], Hang: ["ko"] };
const MOST_SCANNED = 1000; // tokens that begin alike, of which the most frequent are shown

// Without regard to case and to forms that look the same. A folded text may be longer (İ), but no fold reaches across a
// line feed, so the tokens of a whole vocabulary are folded at once and found again between their line feeds.
function fold(text) {
  return text.normalize("NFKC").toUpperCase().toLowerCase();
}

// Where each line begins; last, where one more would.
function lines(text, n) {
  const begin = new Uint32Array(n + 1);
  for (let i = 1, at = 0; i <= n; i++) {
    at = text.indexOf("\n", at) + 1;
    begin[i] = at || text.length + 1;
  }
  return begin;
}

class Vocabulary {
  constructor(data) {
    Object.assign(this, { size: data.tokens, kind: data.kind, scripts: data.scripts, script: data.script, languages: data.languages });
    if (data.languages) Object.assign(this, { from: starts(data.spread), language: data.language, count: data.count });
    Object.assign(this, { all: data.text, begin: lines(data.text, data.tokens) });
    const folded = fold(data.text);
    this.at = lines(folded, data.tokens).map((place) => place + 1); // in `haystack`
    this.haystack = `\n${folded}\n`;
    this.found = new Map();
  }

  text(i) { return this.all.slice(this.begin[i], this.begin[i + 1] - 1); }
  scriptCode(i) { return this.scripts[this.script[i]][0]; }
  scriptName(i) { return this.scripts[this.script[i]][1]; }
  direction(i) { return RIGHT_TO_LEFT.has(this.scriptCode(i)) ? "rtl" : "ltr"; }

  // [language, count] of each language that the token occurs in, the most frequent first.
  occurrences(i) {
    const found = [];
    if (this.languages) for (let at = this.from[i]; at < this.from[i + 1]; at++) found.push([this.languages[this.language[at]], this.count[at]]);
    return found;
  }

  total(i) {
    let sum = 0;
    if (this.languages) for (let at = this.from[i]; at < this.from[i + 1]; at++) sum += this.count[at];
    return sum;
  }

  // The language to set a token in, for the attribute `lang`.
  tag(i) {
    const script = this.scriptCode(i), [first] = this.occurrences(i), own = WRITTEN_IN[script];
    if (script === "none") return "und";
    if (first && /^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$/.test(first[0]) && (!own || own.includes(first[0].split("-")[0]))) return first[0];
    return USUAL_LANGUAGE[script] || `und-${script}`;
  }

  // The tokens spelt like the word, the best match first: the same letters, not inside a word, frequent.
  find(word) {
    if (!this.found.has(word)) {
      const rank = (i) => 2 * (this.text(i) !== word) + !!(this.kind[i] & CONTINUES);
      this.found.clear();
      this.found.set(word, sorted(this.scan(`\n${fold(word)}\n`), (i) => [rank(i), -this.total(i), i]));
    }
    return this.found.get(word);
  }

  // The most frequent tokens that begin like the word and are longer; the shortest ones where no text says more.
  beginning(word, most) {
    const start = fold(word), length = (i) => this.at[i + 1] - this.at[i] - 1;
    const longer = this.scan(`\n${start}`).filter((i) => length(i) > start.length);
    return sorted(longer, (i) => [-this.total(i), length(i), i]).slice(0, most);
  }

  // The tokens at whose place the haystack has the needle, which begins with a line feed.
  scan(needle) {
    const found = [];
    if (needle.trim() === "") return found;
    for (let at = this.haystack.indexOf(needle); at >= 0 && found.length < MOST_SCANNED; at = this.haystack.indexOf(needle, at + 1)) found.push(this.tokenAt(at + 1));
    return found;
  }

  tokenAt(place) {
    let low = 0, high = this.size;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.at[middle] <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

// By keys of numbers, each computed once.
function sorted(items, key) {
  const keyed = items.map((item) => [item, key(item)]);
  const order = (a, b) => a.map((value, i) => value - b[i]).find((difference) => difference) || 0;
  return keyed.sort((a, b) => order(a[1], b[1])).map(([item]) => item);
}
