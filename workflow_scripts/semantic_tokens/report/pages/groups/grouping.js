// The groups of one grouping: who is in them, how mixed they are, and which to show first.

const LISTED = 12, SLICE = 15; // groups; milliseconds
const NO_SCRIPT = -1;
const LISTS = {
  numbers: { title: "Numbers", about: "groups that are mostly numbers, the largest first", key: (c) => 2 * c.numbers > c.size && c.size },
  punctuation: { title: "Punctuation", about: "groups that are mostly signs, the largest first", key: (c) => 2 * c.signs > c.size && c.size },
  largest: { title: "Largest", about: "groups of the most subwords", key: (c) => c.size },
  languages: { title: "Most languages", about: "groups whose subwords occur in the most languages of the text", key: (c) => c.languages },
  mixed: { title: "Most scripts", about: "groups that mix the most scripts", key: (c) => c.scripts > 1 && c.scripts },
};

class Groups {
  constructor(name, data, tokens) {
    Object.assign(this, { name, tokens, size: data.size, member: data.member, cosine: data.cosine, from: starts(data.size) });
    Object.assign(this, { neighbours: data.neighbours, neighbour: data.neighbour, closeness: data.closeness });
    Object.assign(this, { mapped: data.mapped, x: data.x, y: data.y });
    const groupOf = new Int32Array(tokens.size).fill(-1), place = new Uint32Array(tokens.size); // of a token in `member`
    for (let group = 0, at = 0; group < data.size.length; group++) {
      for (const end = this.from[group + 1]; at < end; at++) [groupOf[data.member[at]], place[data.member[at]]] = [group, at];
    }
    Object.assign(this, { groupOf, place });
    this.rowOf = new Map((data.directed ? Array.from(data.directed) : []).map((group, row) => [group, row]));
  }

  // What is in a group: scripts and languages of its members, and how many are numbers, signs, special.
  content(group) {
    const { tokens } = this, { kind, script, from, language } = tokens, members = this.members(group);
    const votes = new Map(), seen = new Set();
    let numbers = 0, signs = 0, special = false, main = NO_SCRIPT, most = 0;
    for (const token of members) {
      numbers += (kind[token] & NUMBER) > 0;
      signs += (kind[token] & PUNCTUATION) > 0;
      special ||= (kind[token] & SPECIAL) > 0;
      const own = script[token], count = (votes.get(own) || 0) + 1;
      if (tokens.scripts[own][0] === "none") continue;
      votes.set(own, count);
      if (count > most) [most, main] = [count, own];
    }
    if (tokens.languages) for (const token of members) for (let at = from[token]; at < from[token + 1]; at++) seen.add(language[at]);
    return { size: members.length, numbers, signs, special, main, scripts: votes.size, languages: seen.size };
  }

  // The content of every group, a slice at a time so that the page stays awake.
  survey() {
    this.surveyed ||= (async () => {
      const found = new Array(this.size.length);
      for (let group = 0, until = performance.now() + SLICE; group < found.length; group++) {
        found[group] = this.content(group);
        if (performance.now() > until) {
          await new Promise((next) => setTimeout(next));
          until = performance.now() + SLICE;
        }
      }
      return found;
    })();
    return this.surveyed;
  }

  members(group) { return this.member.subarray(this.from[group], this.from[group + 1]); }
  centre(group) { return this.member[this.from[group]]; }
  cosineOf(token) { return (this.cosine[this.place[token]] - 100) / 100; }

  // [group, cosine] of the groups nearest to one, the nearest first; none for groups of special tokens.
  nearest(group) {
    const row = this.rowOf.get(group), found = [];
    if (row === undefined) return found;
    for (let at = row * this.neighbours; at < (row + 1) * this.neighbours; at++) found.push([this.neighbour[at], (this.closeness[at] - 100) / 100]);
    return found;
  }

  // The groups of a list, each with its key.
  async list(name) {
    const { key } = LISTS[name], found = [];
    for (const [group, content] of (await this.survey()).entries()) {
      const value = content.special ? 0 : key(content);
      if (value) found.push([group, value]);
    }
    return found.sort((a, b) => b[1] - a[1] || this.size[b[0]] - this.size[a[0]] || a[0] - b[0]).slice(0, LISTED);
  }
}
