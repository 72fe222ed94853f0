// Loads the scripts in data/groups/ and unpacks their columns; columns.py writes them.

const PAGE = JSON.parse(document.getElementById("page").textContent);
const CONTINUES = 1, SPECIAL = 2, NUMBER = 4, PUNCTUATION = 8; // bits of a token's kind; tokens.py has the same
const arriving = new Map(); // name -> the promise of what its script holds, and how to keep it

window.semanticTokens = {
  deliver(name, header, data) { arriving.get(name).keep(unpack(header, data)); },
};

function load(name) {
  if (!arriving.has(name)) {
    const entry = {};
    entry.promise = new Promise((keep, fail) => {
      Object.assign(entry, { keep, fail });
    });
    arriving.set(name, entry);
    const script = document.createElement("script");
    script.src = `data/groups/${name}.js`;
    script.onerror = () => {
      arriving.delete(name); // so that another look tries again
      entry.fail(new Error(`data/groups/${name}.js cannot be read. Keep the folder “data” beside this page.`));
    };
    script.onload = () => script.remove();
    document.head.append(script);
  }
  return arriving.get(name).promise;
}

async function unpack(header, data) {
  if (!window.DecompressionStream) throw new Error("This browser is too old to unpack the data: it lacks DecompressionStream.");
  const packed = Uint8Array.fromBase64 ? Uint8Array.fromBase64(data) : Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const raw = new Uint8Array(await new Response(stream).arrayBuffer());
  const unpacked = { ...header };
  let at = 0;
  for (const [name, length, width] of header.columns) {
    const end = at + length * Math.max(width, 1);
    unpacked[name] = width ? integers(raw.subarray(at, end), length, width) : new TextDecoder("utf-8", { ignoreBOM: true }).decode(raw.subarray(at, end));
    at = end;
  }
  return unpacked;
}

function integers(planes, length, width) {
  if (width === 1) return planes;
  const values = new Uint32Array(length);
  for (let plane = 0; plane < width; plane++) {
    for (let i = 0, at = plane * length; i < length; i++, at++) values[i] |= planes[at] << (8 * plane);
  }
  return values;
}

// Where each run of a given length begins, and last where all end.
function starts(lengths) {
  const begin = new Uint32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) begin[i + 1] = begin[i] + lengths[i];
  return begin;
}

const vocabularies = new Map(), groupings = new Map();

function vocabulary(backbone) {
  if (!vocabularies.has(backbone)) vocabularies.set(backbone, load(`${backbone}/tokens`).then((data) => new Vocabulary(data)));
  return kept(vocabularies, backbone);
}

function grouping(name) {
  const { backbone } = PAGE.groupings.find((g) => g.name === name);
  if (!groupings.has(name)) {
    groupings.set(name, Promise.all([load(name), vocabulary(backbone)]).then(([data, tokens]) => new Groups(name, data, tokens)));
  }
  return kept(groupings, name);
}

function kept(all, name) {
  return all.get(name).catch((error) => {
    all.delete(name);
    throw error;
  });
}
