// News of a page that is still being made, as server-sent events.

function listenToNews() {
  if (!data.live) return;
  const from = new URL(data.live.events, location.href);
  from.searchParams.set('last', data.live.last);
  const source = new EventSource(from);
  const news = $('news');
  let asked = false, spoken = 0, took = 0;
  news.hidden = false;
  news.textContent = 'connecting';
  const progress = () => {
    const left = items.filter(item => item.state === 'waiting').length;
    const ended = items.length - left;
    news.textContent = left ? `${ended.toLocaleString('en')} of ${items.length.toLocaleString('en')}, live` : 'all done';
    news.className = left ? 'on' : '';
    if (Date.now() - spoken < 10000 && left) return; // a listener is not told of each
    spoken = Date.now();
    say(left ? `${ended} of ${items.length} done` : 'All done');
  };
  source.addEventListener('open', progress);
  source.addEventListener('message', event => {
    for (const item of decode(JSON.parse(event.data))) take(item);
    if (asked) return;
    asked = true;
    setTimeout(() => { // several at once cost no more than one
      const began = performance.now();
      asked = false;
      refresh();
      progress();
      took = performance.now() - began;
    }, Math.max(200, 4 * took));
  });
  source.addEventListener('reset', () => location.reload()); // the page is of another sweep
  source.addEventListener('error', () => {
    news.className = '';
    news.textContent = source.readyState === EventSource.CLOSED ? 'the server is gone: reload to try again' : 'reconnecting';
  });
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
