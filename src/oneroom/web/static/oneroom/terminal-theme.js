// Day and night: kept on the device in a cookie, so that the server sends the first byte in the right colours.

const COOKIE = "oneroom_phone_theme";
const YEAR_S = 365 * 24 * 3600;
const GROUND = { light: "#ffffff", night: "#14110d" };

export function themeSwitch(root) {
  const page = document.documentElement;

  function choose(theme, keep) {
    page.dataset.theme = theme;
    document.querySelector('meta[name="theme-color"]').content = GROUND[theme];
    for (const button of root.querySelectorAll("[data-theme-to]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeTo === theme));
    }
    if (keep) document.cookie = `${COOKIE}=${theme}; path=/; max-age=${YEAR_S}; samesite=lax`;
  }

  for (const button of root.querySelectorAll("[data-theme-to]")) {
    button.addEventListener("click", () => choose(button.dataset.themeTo, true));
  }
  // Nobody chose yet: as the device itself is set.
  if (!("themeChosen" in root.dataset) && matchMedia("(prefers-color-scheme: dark)").matches) choose("night", false);
  return { isNight: () => page.dataset.theme === "night" };
}
