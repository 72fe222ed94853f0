// The groups of one grouping: who is in them, how mixed they are, and which to show first.

const LISTED = 12;
const LISTS = {
  numbers: { title: "Numbers", about: "groups that are mostly numbers, the largest first", key: (g, i) => 2 * g.numbers[i] > g.size[i] && g.size[i] },
  punctuation: { title: "Punctuation", about: "groups that are mostly signs, the largest first", key: (g, i) => 2 * g.signs[i] > g.size[i] && g.size[i] },
  largest: { title: "Largest", about: "groups of the most subwords", key: (g, i) => g.size[i] },
  languages: { title: "Most languages", about: "groups whose subwords occur in the most languages of the text", key: (g, i) => g.inLanguages[i] },
  mixed: { title: "Most scripts", about: "groups that mix the most scripts", key: (g, i) => g.inScripts[i] > 1 && g.inScripts[i] },
};

class Groups {
  constructor(name, data, tokens) {
    Object.assign(this, { name, tokens, size: data.size, member: data.member, cosine: data.cosine, from: starts(data.size) });
    Object.assign(this, { neighbours: data.neighbours, neighbour: data.neighbour, closeness: data.closeness });
    Object.assign(this, { mapped: data.mapped, x: data.x, y: data.y });
    this.groupOf = new Int32Array(tokens.size).fill(-1);
    this.place = new Uint32Array(tokens.size); // of a token in `member`
    const n = this.size.length;
    Object.assign(this, { numbers: new Uint32Array(n), signs: new Uint32Array(n), inScripts: new Uint16Array(n), inLanguages: new Uint16Array(n) });
    Object.assign(this, { mainScript: new Uint16Array(n), special: new Uint8Array(n) });
    const votes = new Uint32Array(tokens.scripts.length), seen = new Int32Array((tokens.languages || []).length).fill(-1);
    for (let group = 0; group < n; group++) this.survey(group, votes, seen);
    this.rowOf = new Map((data.directed ? Array.from(data.directed) : []).map((group, row) => [group, row]));
  }

  // Once over the members of a group; `votes` is zero before and after, `seen` holds the last group of each language.
  survey(group, votes, seen) {
    const { tokens } = this, first = this.from[group], end = this.from[group + 1];
    let most = 0;
    for (let at = first; at < end; at++) {
      const token = this.member[at], script = tokens.script[token], kind = tokens.kind[token];
      this.groupOf[token] = group;
      this.place[token] = at;
      this.numbers[group] += (kind & NUMBER) > 0;
      this.signs[group] += (kind & PUNCTUATION) > 0;
      this.special[group] |= (kind & SPECIAL) > 0;
      if (tokens.scripts[script][0] !== "none") {
        if (votes[script]++ === 0) this.inScripts[group]++;
        if (votes[script] > most) [most, this.mainScript[group]] = [votes[script], script];
      }
      if (tokens.languages) {
        for (let i = tokens.from[token]; i < tokens.from[token + 1]; i++) {
          if (seen[tokens.language[i]] !== group) [seen[tokens.language[i]], this.inLanguages[group]] = [group, this.inLanguages[group] + 1];
        }
      }
    }
    if (!most) this.mainScript[group] = tokens.scripts.findIndex(([code]) => code === "none");
    for (let at = first; at < end; at++) votes[tokens.script[this.member[at]]] = 0;
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
  list(name) {
    const { key } = LISTS[name], found = [];
    for (let group = 0; group < this.size.length; group++) {
      const value = this.special[group] ? 0 : key(this, group);
      if (value) found.push([group, value]);
    }
    return found.sort((a, b) => b[1] - a[1] || this.size[b[0]] - this.size[a[0]] || a[0] - b[0]).slice(0, LISTED);
  }
}
