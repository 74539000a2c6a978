// The bar of tools above the grid.

// A menu of the axes, or none, for rows and for columns.
function fillAxes(side, other) {
  const choices = differing.concat(stateAxis >= 0 ? [stateAxis] : []);
  const select = $(side);
  select.replaceChildren(make('option', {value: '-1'}, 'none'), ...choices.map(i => make('option', {value: i}, axes[i].name)));
  select.parentNode.hidden = choices.length === 0;
  select.addEventListener('change', () => {
    if (+select.value >= 0 && +select.value === view[other]) view[other] = view[side]; // they change places
    view[side] = +select.value;
    changed();
  });
}

function fillSort() {
  $('sort').replaceChildren(make('option', {value: ''}, 'as made'), ...numbers.flatMap((name, i) => [
    make('option', {value: i + '-'}, name + ', highest first'), make('option', {value: i + '+'}, name + ', lowest first'),
  ]));
  $('sort').parentNode.hidden = numbers.length === 0;
  $('sort').addEventListener('change', () => { view.sort = $('sort').value; changed(); });
}

// A button and a box of values for each axis.
function fillFilters() {
  for (const axis of differing.concat(stateAxis >= 0 ? [stateAxis] : [])) {
    const box = make('div', {class: 'box', popover: 'auto', id: 'box' + axis, role: 'group', 'aria-label': 'Filter by ' + axes[axis].name});
    const button = make('button', {type: 'button', class: 'filter', id: 'filter' + axis, popovertarget: 'box' + axis, 'aria-expanded': 'false', 'aria-haspopup': 'true'});
    box.addEventListener('beforetoggle', event => {
      button.setAttribute('aria-expanded', event.newState === 'open');
      if (event.newState === 'open') fillBox(axis, box, button);
    });
    $('filters').append(button, box);
  }
}

function fillBox(axis, box, button) {
  const at = button.getBoundingClientRect();
  box.style.left = Math.max(8, Math.min(at.left, innerWidth - 268)) + 'px';
  box.style.top = at.bottom + 4 + 'px';
  const checks = axes[axis].values.map((value, v) => {
    const check = make('input', {type: 'checkbox', value: v});
    check.checked = !view.only.has(axis) || view.only.get(axis).has(v);
    return make('label', {}, check, make('span', {title: value}, value || '(empty)'));
  });
  const inputs = checks.map(c => c.firstChild);
  const set = to => { for (const c of inputs) c.checked = to; take(); };
  const take = () => {
    if (inputs.every(c => c.checked)) view.only.delete(axis);
    else view.only.set(axis, new Set(inputs.filter(c => c.checked).map(c => +c.value)));
    changed();
  };
  for (const c of inputs) c.addEventListener('change', take);
  box.replaceChildren(
    make('div', {class: 'both'}, make('button', {type: 'button', onclick: () => set(true)}, 'All'), make('button', {type: 'button', onclick: () => set(false)}, 'None')),
    make('div', {class: 'values'}, ...checks));
}

// Show in the tools what the view is.
function showTools() {
  $('rows').value = view.rows;
  $('columns').value = view.columns;
  $('sort').value = view.sort;
  if ($('query').value !== view.query) $('query').value = view.query;
  $('size').value = view.size || plan?.tileWidth || 208;
  for (const button of $('filters').querySelectorAll('button.filter')) {
    const axis = +button.id.slice(6), only = view.only.get(axis);
    button.textContent = axes[axis].name + (!only ? '' : only.size === 1 ? ': ' + axes[axis].values[[...only][0]] : ` ${only.size}/${axes[axis].values.length}`);
    button.classList.toggle('on', !!only);
  }
}

// The view was changed by its reader.
function changed() {
  relayout();
  showTools();
  remember();
  say($('count').textContent);
}

function clearFilters() {
  view.only.clear();
  view.query = '';
  changed();
}

function resize(by) {
  view.size = Math.min(Math.max((view.size || plan.tileWidth) + by, 64), 480);
  changed();
}

function fillTools() {
  fillAxes('rows', 'columns');
  fillAxes('columns', 'rows');
  fillSort();
  fillFilters();
  $('query').addEventListener('input', () => { view.query = $('query').value; changed(); });
  $('query').addEventListener('keydown', event => {
    if (event.key === 'Enter' || event.key === 'ArrowDown') { event.preventDefault(); focus(plan.shown.length ? current : null); }
  });
  $('size').addEventListener('input', () => { view.size = +$('size').value; changed(); });
  $('theme').addEventListener('click', nextTheme);
  $('ask').addEventListener('click', () => $('help').showModal());
  $('clear').addEventListener('click', clearFilters);
  $('compare').addEventListener('click', () => open(view.picked));
  $('unpick').addEventListener('click', () => { view.picked = []; showPicked(); });
}

// Keys that work wherever nothing is typed.
function pageKey(event) {
  const typing = event.target.matches('input:not([type=range]):not([type=checkbox]), textarea, select');
  if (event.key === 'Escape' && !$('viewer').open && !$('help').open && !document.querySelector('.box:popover-open')) {
    if (typing && !view.query) focus(current);
    else if (view.picked.length) { view.picked = []; showPicked(); }
    else if (view.query || view.only.size) clearFilters();
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey || $('help').open) return;
  if ($('viewer').open) return viewerKey(event);
  const does = {
    '/': () => { $('query').focus(); $('query').select(); },
    '?': () => $('help').showModal(),
    t: nextTheme, x: () => current && pick(current), c: () => view.picked.length > 1 && open(view.picked),
    '+': () => resize(24), '=': () => resize(24), '-': () => resize(-24),
  }[event.key];
  if (does) { event.preventDefault(); does(); return; }
  if (event.target === document.body && event.key.startsWith('Arrow')) { event.preventDefault(); focus(current); }
}
