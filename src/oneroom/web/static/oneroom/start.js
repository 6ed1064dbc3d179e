// Number keys take a seat; never while somebody chooses a crew or holds a modifier.

addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("select, input, textarea")) return;
  const seat = document.querySelector(`.role[data-key="${CSS.escape(event.key)}"]:enabled`);
  if (!seat) return;
  event.preventDefault();
  seat.click();
});
