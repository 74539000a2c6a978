// What happens when the page is opened.

function showAll() {
  restore(location.hash);
  relayout();
  showTools();
  showPicked();
  showViewer();
}

setTheme(theme);
if (data.note) { $('note').textContent = data.note; $('note').hidden = false; }
fillTools();
listenToGrid();
listenToViewer();
document.addEventListener('keydown', pageKey);
addEventListener('popstate', showAll);
showAll();
listenToNews();
