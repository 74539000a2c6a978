// Zooming and moving pictures, all that are open together: what is seen is a place
// in each picture, and a scale against what fits, so pictures of other sizes keep
// step.

// A pane is where one picture is shown: {frame, after, before, line, width, height}.
let panes = [];

const fitOf = pane => Math.min(pane.frame.clientWidth / pane.width, pane.frame.clientHeight / pane.height);

// The scale at which a pixel of the picture is one of the screen.
const fullScale = pane => 1 / (fitOf(pane) * devicePixelRatio);

// Show the pictures as the view's zoom says.
function showZoom() {
  const z = view.zoom;
  for (const pane of panes) {
    if (!pane.width) continue;
    const fw = pane.frame.clientWidth, fh = pane.frame.clientHeight;
    const s = pane.scale = fitOf(pane) * z.scale, w = pane.width * s, h = pane.height * s;
    pane.left = w <= fw ? (fw - w) / 2 : Math.min(0, Math.max(fw - w, fw / 2 - z.x * w));
    pane.top = h <= fh ? (fh - h) / 2 : Math.min(0, Math.max(fh - h, fh / 2 - z.y * h));
    for (const img of [pane.after, pane.before]) {
      img.style.width = pane.width + 'px';
      img.style.height = pane.height + 'px';
      img.style.transform = `translate(${pane.left}px, ${pane.top}px) scale(${s})`;
      img.classList.toggle('pixels', s >= 3);
    }
    showWipe(pane);
  }
  const scale = panes[0]?.scale;
  $('scale').textContent = scale ? Math.round(scale * devicePixelRatio * 100) + ' %' : '';
  remember();
}

// Draw the line between before, on its left, and after.
function showWipe(pane) {
  const on = view.before && pane.item.before !== '';
  pane.before.hidden = pane.line.hidden = !on;
  if (!on) return;
  const from = Math.max(pane.left, 0), to = Math.min(pane.left + pane.width * pane.scale, pane.frame.clientWidth);
  const at = from + view.wipe * (to - from);
  pane.line.style.left = at + 'px';
  pane.line.style.top = Math.max(pane.top, 0) + 'px';
  pane.line.style.height = Math.min(pane.height * pane.scale, pane.frame.clientHeight) + 'px';
  pane.before.style.clipPath = `inset(0 ${pane.width - (at - pane.left) / pane.scale}px 0 0)`;
  $('wipe').value = view.wipe * 100;
}

// Change the scale by a factor, or to a scale, the point of the frame staying where
// it is.
function zoomBy(factor, pane = panes[0], px = pane?.frame.clientWidth / 2, py = pane?.frame.clientHeight / 2) {
  if (!pane?.width) return;
  const z = view.zoom, fit = fitOf(pane);
  const scale = Math.min(Math.max(z.scale * factor, Math.min(1, fullScale(pane))), Math.max(1, 32 / fit));
  const u = (px - pane.left) / (pane.width * pane.scale), v = (py - pane.top) / (pane.height * pane.scale);
  const w = pane.width * fit * scale, h = pane.height * fit * scale;
  view.zoom = bounded(pane, {scale, x: u - (px - pane.frame.clientWidth / 2) / w, y: v - (py - pane.frame.clientHeight / 2) / h});
  showZoom();
}

// A zoom whose middle is not beyond where the picture can go.
function bounded(pane, z) {
  const clamp = (at, size, room) => size <= room ? 0.5 : Math.min(Math.max(at, room / 2 / size), 1 - room / 2 / size);
  const s = fitOf(pane) * z.scale;
  return {scale: z.scale, x: clamp(z.x, pane.width * s, pane.frame.clientWidth), y: clamp(z.y, pane.height * s, pane.frame.clientHeight)};
}

const zoomTo = (scale, pane = panes[0], px, py) => pane?.width && zoomBy(scale / view.zoom.scale, pane, px, py);
const fullSize = pane => pane?.width && zoomTo(fullScale(pane), pane);

// Move the picture by pixels of the screen.
function moveBy(dx, dy, pane = panes[0]) {
  if (!pane?.width) return;
  const z = view.zoom;
  view.zoom = bounded(pane, {scale: z.scale, x: z.x - dx / (pane.width * pane.scale), y: z.y - dy / (pane.height * pane.scale)});
  showZoom();
}

function wipeTo(part) {
  view.wipe = Math.min(Math.max(part, 0), 1);
  showZoom();
}

// Mouse, pen and fingers on a pane: one moves, two zoom, a swipe leads on.
function listenToPane(pane) {
  const frame = pane.frame, fingers = new Map();
  let swipe = 0, wiping = false;
  const local = event => { const r = frame.getBoundingClientRect(); return [event.clientX - r.left, event.clientY - r.top]; };
  frame.addEventListener('wheel', event => {
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : event.ctrlKey ? 0.01 : 0.0025)), pane, ...local(event));
  }, {passive: false});
  frame.addEventListener('dblclick', event => view.zoom.scale > 1 ? zoomTo(1, pane) : zoomBy(Math.max(2, fullScale(pane)), pane, ...local(event)));
  frame.addEventListener('pointerdown', event => {
    if (event.button) return;
    activate(pane);
    frame.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, local(event));
    wiping = event.target.closest('.wipe-line') !== null;
    swipe = 0;
  });
  frame.addEventListener('pointermove', event => {
    const was = fingers.get(event.pointerId);
    if (!was) return;
    const now = local(event);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, now);
    if (wiping) return drag(pane, now[0]);
    if (other) {
      const middle = [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2];
      moveBy((now[0] - was[0]) / 2, (now[1] - was[1]) / 2, pane);
      return zoomBy(Math.hypot(now[0] - other[0], now[1] - other[1]) / Math.hypot(was[0] - other[0], was[1] - other[1]) || 1, pane, ...middle);
    }
    swipe += now[0] - was[0];
    if (view.zoom.scale > 1) moveBy(now[0] - was[0], now[1] - was[1], pane);
  });
  const up = event => {
    const alone = fingers.size === 1 && fingers.delete(event.pointerId);
    fingers.delete(event.pointerId);
    if (alone && !wiping && event.pointerType === 'touch' && view.zoom.scale === 1 && panes.length === 1 && Math.abs(swipe) > 60) {
      walk(swipe < 0 ? 'ArrowRight' : 'ArrowLeft');
    }
  };
  frame.addEventListener('pointerup', up);
  frame.addEventListener('pointercancel', event => fingers.delete(event.pointerId));
}

// The line between before and after follows the pointer.
function drag(pane, px) {
  const from = Math.max(pane.left, 0), to = Math.min(pane.left + pane.width * pane.scale, pane.frame.clientWidth);
  wipeTo((px - from) / (to - from));
}
