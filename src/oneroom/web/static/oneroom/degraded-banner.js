// "Degraded" on every screen of the staff: the stream says since when the database is away, and when it is back.

const banner = document.getElementById("degraded");

document.addEventListener("live:degraded", ({ detail }) => show(detail));
if (banner?.dataset.mode) show({ mode: banner.dataset.mode, since: banner.dataset.since });

function show({ mode, since }) {
  if (!banner) return;
  const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone() }).format(new Date(since));
  banner.hidden = mode === "well";
  banner.textContent = (banner.dataset[mode] ?? "").replace("{time}", time);
  document.documentElement.dataset.house = mode;
}

function zone() {
  return document.querySelector("[data-zone]")?.dataset.zone || undefined;
}
