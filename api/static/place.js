// A municipality, or a point in it, chosen by a click on a map: the fields beside it say the same, and are enough without.
function choosing(box) {
  const fields = (name) => document.getElementById(`f-${box.dataset.place}${name}`);
  const [list, latitude, longitude, km] = ["municipalityCode", "latitude", "longitude", "maxDistanceKm"].map(fields);
  const exactly = document.getElementById(box.dataset.exactly);
  const map = L.map(box, { attributionControl: false, zoomControl: false, scrollWheelZoom: false, minZoom: 3, maxZoom: 13, zoomAnimation: false, fadeAnimation: false, inertia: false });
  L.control.zoom({ zoomInTitle: box.dataset.zoomIn, zoomOutTitle: box.dataset.zoomOut }).addTo(map);
  const names = new Map([...list.options].map((option) => [option.value, option.text]));
  const shapes = new Map();
  const point = L.layerGroup().addTo(map);
  const degrees = (field) => (field.value.trim() ? Number(field.value.replace(",", ".")) : NaN);

  function show() {
    for (const [code, shape] of shapes) shape.getElement()?.classList.toggle("of-shape--chosen", code === list.value);
    point.clearLayers();
    const at = [degrees(latitude), degrees(longitude)];
    if (at.some((each) => !(Math.abs(each) <= 90))) return;
    L.circleMarker(at, { radius: 6, interactive: false, className: "of-point" }).addTo(point);
    const far = degrees(km);
    if (far > 0) L.circle(at, { radius: 1000 * far, interactive: false, className: "of-line" }).addTo(point);
  }

  function choose(code, where) {
    const written = (number) => number.toFixed(4).replace(".", document.documentElement.lang === "sv" ? "," : ".");
    list.value = code;
    latitude.value = exactly.checked ? written(where.lat) : "";
    longitude.value = exactly.checked ? written(where.lng) : "";
    if (exactly.checked) latitude.closest("details").open = true;
    show();
  }

  fetch(box.dataset.shapes).then((answer) => answer.json()).then((all) => {
    const drawn = L.geoJSON(all, {
      style: { className: "of-shape of-shape--choice" },
      onEachFeature: (feature, shape) => {
        shapes.set(feature.id, shape);
        shape.bindTooltip(names.get(feature.id) ?? "", { sticky: true });
        shape.on("click", (click) => choose(feature.id, click.latlng));
      },
    });
    const chosen = shapes.get(list.value);
    map.fitBounds(chosen ? chosen.getBounds().pad(1) : drawn.getBounds(), { animate: false });
    drawn.addTo(map);
    point.remove().addTo(map);
    show();
    box.dataset.drawn = "";
  });
  for (const field of [list, latitude, longitude, km]) field.addEventListener("change", show);
}

// Drawn where it is unfolded; without scripts it stays hidden.
function offer(part) {
  for (const unfolded of part.querySelectorAll("details[data-of-map]")) {
    unfolded.hidden = false;
    const draw = () => unfolded.open && choosing(unfolded.querySelector("[data-place]"));
    unfolded.addEventListener("toggle", draw, { once: true });
  }
}
offer(document);
document.addEventListener("htmx:afterSettle", (event) => event.target !== document.body && offer(document));
