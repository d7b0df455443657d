// Zoom and panning of the map: by buttons, keys, wheel with Ctrl, drag and pinch. Without script the picture stands still.
const STEP = 1.5;
const CLOSEST = 12;
const PAN = 0.15;

for (const figure of document.querySelectorAll('[data-map]')) zoomable(figure);

function zoomable(figure) {
  const svg = figure.querySelector('svg');
  const [x, y, width, height] = figure.dataset.map.split(' ').map(Number);
  const whole = { x, y, width, height };
  // A map of one hub begins around it.
  const first = svg.viewBox.baseVal;
  let view = { x: first.x, y: first.y, width: first.width, height: first.height };
  const fingers = new Map();

  const draw = () => {
    svg.setAttribute('viewBox', [view.x, view.y, view.width, view.height].map((value) => value.toFixed(2)).join(' '));
    // Markers keep their size on the screen, so that neighbours come apart.
    const scale = view.width / whole.width;
    for (const mark of svg.querySelectorAll('[data-x]')) {
      mark.setAttribute('transform', `translate(${mark.dataset.x} ${mark.dataset.y}) scale(${scale.toFixed(4)})`);
    }
    svg.dataset.zoom = scale < 0.999 ? 'in' : 'whole';
    out.disabled = reset.disabled = scale > 0.999;
    closer.disabled = scale <= 1 / CLOSEST;
  };
  const between = (value, low, high) => Math.min(Math.max(value, low), high);
  const show = (x, y, width) => {
    const size = between(width, whole.width / CLOSEST, whole.width);
    const height = (size / whole.width) * whole.height;
    view = { x: between(x, whole.x, whole.x + whole.width - size), y: between(y, whole.y, whole.y + whole.height - height), width: size, height };
    draw();
  };
  const zoom = (factor, px = 0.5, py = 0.5) => {
    const width = between(view.width / factor, whole.width / CLOSEST, whole.width);
    const share = width / view.width;
    show(view.x + view.width * px * (1 - share), view.y + view.height * py * (1 - share), width);
  };
  const pan = (dx, dy) => show(view.x + view.width * dx, view.y + view.height * dy, view.width);
  const goHome = () => show(whole.x, whole.y, whole.width);

  const button = (text, label, act) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.className = 'plain';
    made.textContent = text;
    made.setAttribute('aria-label', label);
    made.addEventListener('click', act);
    tools.append(made);
    return made;
  };
  const tools = document.createElement('div');
  tools.className = 'map-tools';
  const closer = button('+', figure.dataset.in, () => zoom(STEP));
  const out = button('−', figure.dataset.out, () => zoom(1 / STEP));
  const reset = button('⌂', figure.dataset.home, goHome);
  figure.prepend(tools);

  svg.setAttribute('tabindex', '0');
  svg.setAttribute('aria-label', figure.dataset.help);
  svg.removeAttribute('aria-labelledby');
  const keys = {
    ArrowLeft: () => pan(-PAN, 0),
    ArrowRight: () => pan(PAN, 0),
    ArrowUp: () => pan(0, -PAN),
    ArrowDown: () => pan(0, PAN),
    '+': () => zoom(STEP),
    '-': () => zoom(1 / STEP),
    0: goHome,
  };
  svg.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    keys[event.key]();
    event.preventDefault();
  });
  svg.addEventListener('wheel', (event) => {
    // Alone the wheel goes on to scroll the page.
    if (!event.ctrlKey) return;
    const box = svg.getBoundingClientRect();
    zoom(event.deltaY < 0 ? STEP : 1 / STEP, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    event.preventDefault();
  }, { passive: false });

  const spread = () => {
    const [one, two] = [...fingers.values()];
    return Math.hypot(one.x - two.x, one.y - two.y);
  };
  let moved = false;
  svg.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    if (fingers.size === 0) moved = false;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  svg.addEventListener('pointermove', (event) => {
    const last = fingers.get(event.pointerId);
    if (!last) return;
    const box = svg.getBoundingClientRect();
    const before = fingers.size === 2 ? spread() : 0;
    const [dx, dy] = [event.clientX - last.x, event.clientY - last.y];
    if (!moved && fingers.size === 1 && Math.hypot(dx, dy) < 4) return;
    moved = true;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (fingers.size === 2) {
      const places = [...fingers.values()];
      zoom(spread() / Math.max(before, 1), ((places[0].x + places[1].x) / 2 - box.left) / box.width, ((places[0].y + places[1].y) / 2 - box.top) / box.height);
    } else pan(-dx / box.width, -dy / box.height);
  });
  const lift = (event) => fingers.delete(event.pointerId);
  for (const name of ['pointerup', 'pointercancel', 'pointerleave']) svg.addEventListener(name, lift);
  // A drag that ends on a marker follows no link, and a marker is nothing to drag away.
  svg.addEventListener('click', (event) => moved && event.preventDefault(), true);
  svg.addEventListener('dragstart', (event) => event.preventDefault());
  draw();
}
