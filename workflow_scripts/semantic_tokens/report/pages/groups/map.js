// The map of the centroids: a point a group, coloured by the script of most of its subwords.

const COLOURED = 8, REACH = 10; // scripts with a colour of their own; pixels around the pointer

function scriptColours(tokens) {
  const sizes = new Array(tokens.scripts.length).fill(0);
  for (const script of tokens.script) sizes[script]++;
  const order = sizes.map((_, script) => script).filter((s) => tokens.scripts[s][0] !== "none").sort((a, b) => sizes[b] - sizes[a]);
  return new Map(order.slice(0, COLOURED).map((script, rank) => [script, `--script-${rank + 1}`]));
}

class CentroidMap {
  constructor(canvas, tip, describe, choose) {
    Object.assign(this, { canvas, tip, describe, choose, groups: null, current: -1, near: [], hovered: -1 });
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    canvas.addEventListener("pointermove", (event) => this.hover(this.at(event)));
    canvas.addEventListener("pointerleave", () => this.hover(-1));
    canvas.addEventListener("click", (event) => {
      const group = this.at(event);
      if (group >= 0) this.choose(group);
    });
  }

  // After the answer is on the screen: points take longer to draw than words.
  show(groups, current, near) {
    if (this.groups !== groups) {
      Object.assign(this, { ground: null, content: null, colours: scriptColours(groups.tokens) });
      this.pointOf = new Map(Array.from(groups.mapped, (group, point) => [group, point]));
    }
    Object.assign(this, { groups, current, near, hovered: -1 });
    this.tip.hidden = true;
    requestAnimationFrame(() => setTimeout(async () => {
      const content = await groups.survey();
      if (this.groups !== groups) return;
      this.content = content;
      if (this.ground) this.mark();
      else this.draw();
    }));
  }

  // All points, once, apart; marks are drawn over them.
  draw() {
    const { canvas, groups, content } = this, ratio = window.devicePixelRatio || 1;
    if (!content || !canvas.clientWidth) return;
    this.ground = document.createElement("canvas");
    this.ground.width = canvas.width = Math.round(canvas.clientWidth * ratio);
    this.ground.height = canvas.height = Math.round(canvas.clientHeight * ratio);
    const style = getComputedStyle(canvas), pen = this.ground.getContext("2d");
    this.ink = style.getPropertyValue("--ink");
    this.accent = style.getPropertyValue("--asked");
    const palette = new Map([...this.colours].map(([script, name]) => [script, style.getPropertyValue(name)]));
    const rest = style.getPropertyValue("--script-rest"), side = (groups.mapped.length > 3000 ? 2 : 4) * ratio;
    pen.globalAlpha = 0.75;
    const byColour = new Map([rest, ...palette.values()].map((colour) => [colour, []]));
    groups.mapped.forEach((group, point) => byColour.get(palette.get(content[group].main) || rest).push(point));
    for (const [colour, points] of byColour) {
      pen.fillStyle = colour;
      for (const point of points) {
        const [x, y] = this.position(point);
        pen.fillRect(x - side / 2, y - side / 2, side, side);
      }
    }
    this.mark();
  }

  mark() {
    if (!this.ground) return;
    const pen = this.canvas.getContext("2d"), ratio = window.devicePixelRatio || 1;
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.drawImage(this.ground, 0, 0);
    const ring = (group, radius, width, colour) => {
      if (!this.pointOf.has(group)) return;
      const [x, y] = this.position(this.pointOf.get(group));
      pen.lineWidth = width * ratio;
      pen.strokeStyle = colour;
      pen.beginPath();
      pen.arc(x, y, radius * ratio, 0, 7);
      pen.stroke();
    };
    for (const group of this.near) ring(group, 4, 1.5, this.ink);
    ring(this.current, 8, 3, this.accent);
    ring(this.hovered, 6, 2, this.ink);
  }

  position(point) {
    const { canvas, groups } = this, margin = 0.03, inside = 1 - 2 * margin;
    return [(margin + (inside * groups.x[point]) / 4095) * canvas.width, (margin + (inside * (4095 - groups.y[point])) / 4095) * canvas.height];
  }

  // The group whose point is nearest to the pointer; -1 where none is near.
  at(event) {
    if (!this.groups) return -1;
    const ratio = window.devicePixelRatio || 1, box = this.canvas.getBoundingClientRect();
    const left = (event.clientX - box.left) * ratio, top = (event.clientY - box.top) * ratio;
    let best = (REACH * ratio) ** 2, found = -1;
    for (let point = 0; point < this.groups.mapped.length; point++) {
      const [x, y] = this.position(point), square = (x - left) ** 2 + (y - top) ** 2;
      if (square < best) [best, found] = [square, this.groups.mapped[point]];
    }
    return found;
  }

  hover(group) {
    if (group === this.hovered) return;
    this.hovered = group;
    this.canvas.style.cursor = group < 0 ? "" : "pointer";
    this.tip.hidden = group < 0;
    if (group >= 0) {
      const ratio = window.devicePixelRatio || 1, [x, y] = this.position(this.pointOf.get(group)).map((v) => v / ratio);
      this.tip.replaceChildren(...this.describe(group));
      this.tip.style.left = `${Math.max(0, Math.min(x + 10, this.canvas.clientWidth - this.tip.offsetWidth))}px`;
      this.tip.style.top = `${y + (y > this.canvas.clientHeight / 2 ? -this.tip.offsetHeight - 10 : 12)}px`;
    }
    this.mark();
  }
}
