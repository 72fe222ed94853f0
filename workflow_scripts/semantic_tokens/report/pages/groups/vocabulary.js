// The tokens of a backbone: what each is, and finding those that are spelt like a word.

const RIGHT_TO_LEFT = new Set(["Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Samr", "Mand", "Rohg"]);
// The language to set text in where no text of the run shows it: fonts draw Han characters by language.
const USUAL_LANGUAGE = { Hani: "zh", Hira: "ja", Kana: "ja", Hang: "ko" };
const WRITTEN_IN = { Hani: ["zh", "ja", "ko", "yue", "wuu", "lzh"], Hira: ["ja"], Kana: ["ja"], Hang: ["ko"] };
const MOST_SCANNED = 4000; // tokens that begin alike, of which the most frequent are shown

// One text at a time: lower case may be longer than the text (İ), so that a whole vocabulary at once would shift.
function fold(text) {
  if (/^[\x20-\x7e]*$/.test(text)) return text.toLowerCase();
  return text.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFC").replaceAll("\n", " ");
}

class Vocabulary {
  constructor(data) {
    Object.assign(this, { size: data.tokens, kind: data.kind, scripts: data.scripts, languages: data.languages });
    Object.assign(this, { all: data.text, begin: starts(data.length), script: data.script });
    if (data.languages) Object.assign(this, { spread: data.spread, from: starts(data.spread), language: data.language, count: data.count });
    const folded = new Array(this.size);
    this.at = new Uint32Array(this.size + 1); // where each token begins in `haystack`, after its line feed
    let place = 1;
    for (let i = 0; i < this.size; i++) {
      folded[i] = fold(this.text(i));
      this.at[i] = place;
      place += folded[i].length + 1;
    }
    this.at[this.size] = place;
    this.haystack = `\n${folded.join("\n")}\n`;
  }

  text(i) { return this.all.slice(this.begin[i], this.begin[i + 1]); }
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
    const rank = (i) => 2 * (this.text(i) !== word) + !!(this.kind[i] & CONTINUES);
    return this.scan(`\n${fold(word)}\n`, MOST_SCANNED).sort((i, j) => rank(i) - rank(j) || this.total(j) - this.total(i) || i - j);
  }

  // The most frequent tokens that begin like the word and are longer; short ones first where no text says more.
  beginning(word, most) {
    const start = fold(word);
    const longer = this.scan(`\n${start}`, MOST_SCANNED).filter((i) => this.at[i + 1] - this.at[i] - 1 > start.length);
    return longer.sort((i, j) => this.total(j) - this.total(i) || this.at[i + 1] - this.at[i] - this.at[j + 1] + this.at[j] || i - j).slice(0, most);
  }

  // The tokens at whose place the haystack has the needle, which begins with a line feed.
  scan(needle, most) {
    const found = [];
    if (needle.trim() === "") return found;
    for (let at = this.haystack.indexOf(needle); at >= 0 && found.length < most; at = this.haystack.indexOf(needle, at + 1)) found.push(this.tokenAt(at + 1));
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
