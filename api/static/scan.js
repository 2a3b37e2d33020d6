// A label that the camera sees, or a photo shows, leads to the page of its thing, and never anywhere else.
const LABEL = /\/things\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
const MOST_PIXELS = 1600; // along the longer side of a photo: telephones take ten times what a code needs

for (const box of document.querySelectorAll("[data-scan]")) {
  // The decoder as a file of ours: the library's own way makes it from a blob, which our policy refuses.
  QrScanner.createQrEngine = async () => new Worker(box.dataset.worker);
  const [video, start, photo] = ["video", "[data-camera]", "input"].map((each) => box.querySelector(each));
  const tell = (what) => {
    for (const each of box.querySelectorAll("[data-told]")) each.hidden = each.dataset.told !== what;
  };

  function follow(text) {
    const key = LABEL.exec(text)?.[1];
    tell(!key ? "foreign" : navigator.onLine ? "" : "away");
    if (key && navigator.onLine) location.assign(`/things/${key}`);
    return key && navigator.onLine;
  }

  start.addEventListener("click", async () => {
    tell("");
    start.hidden = true;
    video.hidden = false;
    const settings = { returnDetailedScanResult: true, maxScansPerSecond: 10, onDecodeError: () => {} };
    const scanner = new QrScanner(video, (read) => follow(read.data) && stop(), settings);
    const stop = () => {
      scanner.destroy();
      video.hidden = true;
      start.hidden = false; // for who comes back to the page as the browser has kept it
    };
    try {
      await scanner.start();
    } catch {
      stop();
      tell("camera");
    }
  });

  photo.addEventListener("change", async () => {
    tell("");
    if (!photo.files.length) return;
    try {
      const picture = await createImageBitmap(photo.files[0]);
      const share = Math.min(1, MOST_PIXELS / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [picture.width, picture.height].map((side) => Math.round(side * share));
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      follow((await QrScanner.scanImage(canvas, { returnDetailedScanResult: true })).data);
    } catch {
      tell("unread");
    }
  });
  box.hidden = false;
}
