// News of a page that is still being made, for which it asks twice a second.

async function listenToNews() {
  if (!data.live) return;
  const news = $('news');
  let last = data.live.last, spoken = 0;
  news.hidden = false;
  for (;;) {
    const began = performance.now();
    try {
      const answer = await fetch(data.live.news + '&last=' + last);
      if (answer.status === 409) return location.reload(); // the page is of another sweep
      if (!answer.ok) throw new Error(answer.statusText);
      const came = await answer.json();
      last = came.last;
      const list = decode(came.page);
      list.forEach(take);
      if (list.length) refresh();
      showNews();
    } catch {
      news.className = '';
      news.textContent = 'reconnecting';
    }
    await new Promise(resolve => setTimeout(resolve, Math.max(500, 4 * (performance.now() - began))));
  }

  function showNews() {
    const left = items.filter(item => item.state === 'waiting').length;
    const ended = items.length - left;
    news.textContent = left ? `${ended.toLocaleString('en')} of ${items.length.toLocaleString('en')}, live` : 'all done';
    news.className = left ? 'on' : '';
    if (spoken === Infinity || Date.now() - spoken < 10000 && left) return; // a listener is not told of each
    spoken = left ? Date.now() : Infinity;
    say(left ? `${ended} of ${items.length} done` : 'All done');
  }
}

// Put an item in the place of the one that it is news of, or at the end.
function take(item) {
  const old = byID.get(item.id);
  byID.set(item.id, item);
  if (old) items[items.indexOf(old)] = item; else items.push(item);
  if (old && old === current) current = item;
}

// Show the news, with the focus where it was.
function refresh() {
  const top = scroller.scrollTop;
  relayout();
  scroller.scrollTop = top;
  if (view.open.length && openItems().some((item, i) => item !== panes[i]?.item)) showViewer();
}
