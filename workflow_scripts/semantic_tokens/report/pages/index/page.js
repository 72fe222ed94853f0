// Puts the parts together: panels first, since filters and sorting move them with their rows.
state.onChange(() => {
  if (!matrix.rows.length) return;
  details.update();
  matrix.update();
  comparison.update();
});

document.querySelectorAll("[data-copy]").forEach((place) => place.replaceChildren(copyable(place.dataset.copy)));

const lookUp = document.getElementById("look-up");
if (lookUp) {
  lookUp.addEventListener("submit", (event) => {
    event.preventDefault();
    location.href = `${lookUp.getAttribute("action")}#q=${encodeURIComponent(lookUp.elements.q.value)}`;
  });
}

// A link into something folded opens it, in browsers that do not do so themselves.
const unfold = () => {
  const target = location.hash && !location.hash.includes("=") && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target; part; part = part.parentElement) if (part.matches("details")) part.open = true;
};
addEventListener("hashchange", unfold);
unfold();
