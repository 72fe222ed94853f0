"use strict";
// What is chosen on the page is in its address, #sort=nli&method=Random, so that a copied link shows the same. An
// address without "=" is an ordinary anchor and changes nothing.
const state = (() => {
  const read = () => new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  const listeners = [];
  let values = read();
  const tell = () => listeners.forEach((listener) => listener());
  addEventListener("hashchange", () => {
    if (location.hash && !location.hash.includes("=")) return;
    values = read();
    tell();
  });
  return {
    get: (key) => values.get(key) || "",
    list: (key) => (values.get(key) || "").split(",").filter(Boolean),
    set(changes) {
      for (const [key, value] of Object.entries(changes)) {
        const text = Array.isArray(value) ? value.join(",") : value;
        if (text) values.set(key, text);
        else values.delete(key);
      }
      // Slashes and the like may stay as they are in an address: conditions are paths.
      const text = values.toString().replace(/%2F/g, "/").replace(/%2C/g, ",").replace(/%40/g, "@");
      history.replaceState(null, "", text ? "#" + text : location.pathname + location.search);
      tell();
    },
    onChange(listener) {
      listeners.push(listener);
      listener();
    },
  };
})();

// An element with attributes, text and children; text is never read as HTML.
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}
