// A map of municipalities, drawn from the table beside it: a row with data-code is a place, one with data-from a line.
const SHADES = 4;
const APART = 34; // pixels between markers; where there are fewer the larger stands

for (const box of document.querySelectorAll("[data-map]")) draw(box, document.getElementById(box.dataset.map));

async function draw(box, table) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  box.closest("[hidden]")?.removeAttribute("hidden");
  const map = L.map(box, {
    attributionControl: false, zoomControl: false, scrollWheelZoom: false, minZoom: 3, maxZoom: 10, zoomSnap: 0.25,
    zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, inertia: !still,
  });
  L.control.zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
  const rows = [...document.querySelectorAll("tr[data-code]")];
  const places = new Map(rows.map((row) => [row.dataset.code, row]));
  const bounds = L.latLngBounds(rows.map(at));
  map.fitBounds(bounds.pad(0.1), { maxZoom: 7, animate: false });
  const most = Math.max(1, ...rows.map((row) => Number(row.dataset.count)));
  const shade = (row) => (row ? Math.ceil(SHADES * Math.sqrt(row.dataset.count / most)) : 0);
  const style = (shape) => ({ className: `of-shape of-shape--${shade(places.get(shape.id))}` });
  const shapes = await fetch(box.dataset.shapes).then((answer) => answer.json());
  L.geoJSON(shapes, { interactive: false, style }).addTo(map);
  for (const row of document.querySelectorAll("tr[data-from]")) line(map, places, row);
  const markers = rows.map((row) => marker(map, row));
  const thin = () => thinOut(map, markers);
  map.on("zoomend", thin);
  thin();
  box.dataset.drawn = "";
}

function at(row) {
  return [Number(row.dataset.latitude), Number(row.dataset.longitude)];
}

function line(map, places, row) {
  const ends = [places.get(row.dataset.from), places.get(row.dataset.to)];
  if (ends.includes(undefined) || ends[0] === ends[1]) return;
  const drawn = L.polyline(ends.map(at), { interactive: false, className: "of-line", weight: 1.5 + Math.min(6, row.dataset.lines / 2) });
  mark(drawn.addTo(map).getElement(), row);
}

// A marker is the link of its row, and has its words.
function marker(map, row) {
  const sign = document.createElement("a");
  sign.href = row.querySelector("a")?.href ?? `#${row.id}`;
  sign.textContent = row.dataset.mark ?? row.dataset.count;
  sign.setAttribute("aria-label", row.dataset.name);
  sign.className = "leaflet-marker-icon of-marker";
  const Sign = L.Icon.extend({ createIcon: () => sign, createShadow: () => null });
  mark(sign, row);
  return L.marker(at(row), { icon: new Sign(), keyboard: false, title: row.dataset.name }).addTo(map);
}

// Where one of two is pointed at or in focus, both are marked.
function mark(sign, row) {
  for (const [one, other] of [[sign, row], [row, sign]]) {
    for (const on of ["pointerenter", "focusin"]) one.addEventListener(on, () => other.classList.add("of-marked"));
    for (const off of ["pointerleave", "focusout"]) one.addEventListener(off, () => other.classList.remove("of-marked"));
  }
}

// Rows come with the most first, so that the most is seen.
function thinOut(map, markers) {
  const shown = [];
  for (const each of markers) {
    const point = map.latLngToLayerPoint(each.getLatLng());
    each.getElement().hidden = shown.some((other) => point.distanceTo(other) < APART);
    if (!each.getElement().hidden) shown.push(point);
  }
}
