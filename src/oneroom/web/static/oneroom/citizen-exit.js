// "Leave this page": at once, with nothing typed left in this tab, and another page in the place of this one.

for (const link of document.querySelectorAll("[data-exit]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.body.hidden = true;
    try {
      sessionStorage.clear();
    } catch {
      // then there was nothing
    }
    location.replace(link.href);
  });
}
