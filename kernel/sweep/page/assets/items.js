// What is shown: the items, their axes and numbers, as the page's data has them.

const $ = id => document.getElementById(id);
const data = JSON.parse($('data').textContent);
const states = ['done', 'failed', 'waiting'];
const numbers = data.numbers || [];
const axes = data.axes || [];
const items = decode(data);
const byID = new Map(items.map(item => [item.id, item]));

// The state is one more axis where not all items are done.
const stateAxis = data.live || items.some(item => item.state !== 'done') ? axes.length : -1;
if (stateAxis >= 0) axes.push({name: axes.some(a => a.name === 'state') ? 'ended' : 'state', values: states});

// Settings and lines of code are looked up when they are asked for: a page of
// thousands opens at once.
function decode(part) {
  return part.items.map(raw => {
    const state = raw.state || 'done';
    return {
      id: raw.id, state, at: [...raw.point, states.indexOf(state)],
      picture: raw.picture || '', thumbnail: raw.thumbnail || raw.picture || '',
      before: raw.before === undefined ? '' : part.text[raw.before],
      width: raw.width || 0, height: raw.height || 0,
      numbers: raw.numbers || [], command: raw.command || '', error: raw.error || '',
      get code() { return (raw.code || []).map(line => part.text[line]).join('\n'); },
      get settings() {
        const list = [], from = raw.settings || [];
        for (let i = 0; i < from.length; i += 3) {
          list.push({name: part.text[from[i]], value: part.text[from[i + 1]], own: from[i + 2] === 1});
        }
        return list;
      },
    };
  });
}

// An item's value on an axis, as text.
const valueOf = (item, axis) => axes[axis].values[item.at[axis]] ?? '';

// The axes on which items differ, but for the state.
const differing = axes.map((_, i) => i).filter(i => i !== stateAxis && axes[i].values.length > 1);

// What sets an item apart, in words; without the axes that are left out.
function words(item, without = []) {
  return differing.filter(i => !without.includes(i) && item.at[i] >= 0).map(i => named(item, i));
}

// A value that says little by itself comes with its axis.
const clear = (name, value) => /^[-+]?[\d.]|^(true|false|none|)$/.test(value) ? name + ' ' + value : value;
const named = (item, axis) => clear(axes[axis].name, valueOf(item, axis));

// What a screen reader says of an item, and what is found by the words in it.
function describe(item) {
  const parts = words(item);
  if (!parts.length) parts.push(...axes.flatMap((_, i) => i === stateAxis || item.at[i] < 0 ? [] : [named(item, i)]));
  if (!parts.length) parts.push(item.id);
  if (item.state === 'failed') parts.push('failed: ' + item.error);
  if (item.state === 'waiting') parts.push('waiting');
  return parts.join(', ');
}

// A number with four digits that count.
function short(n) {
  if (n === null || n === undefined) return '–';
  const text = n.toPrecision(4);
  return text.includes('e') ? text.replace(/\.?0+e/, 'e') : text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}

const counted = (n, what) => n.toLocaleString('en') + ' ' + what + (n === 1 ? '' : 's');

// An element with attributes, listeners (on...) and children.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// Something said to those who listen rather than look.
function say(text) {
  ($('viewer').open ? $('whispers') : $('says')).textContent = text;
}
