// Makes nodes, and changes those that are there. Text of messages only ever becomes text: never from markup.

export const $ = id => document.getElementById(id);

export function make(tag, about = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(about)) {
    if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (name === "class") node.className = value;
    else if (typeof value === "boolean") node.toggleAttribute(name, value);
    else if (value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.filter(child => child !== null && child !== undefined && child !== false));
  return node;
}
export function draw(tag, about = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(about)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
export const button = (text, act, about = {}) => make("button", {type: "button", "data-key": text, on: {click: act}, ...about}, text);
export const event = (index, text = index) => make("a", {class: "to", href: "#lines", role: "button", title: "show the event", "data-event": index}, text);
export const count = (n, one, more = `${one}s`) => `${n} ${n === 1 ? one : more}`;
export const short = text => text.length > 22 ? `${text.slice(0, 8)}…${text.slice(-6)}` : text;
export function duration(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round(seconds % 3600 / 60)} min`;
}

const drawn = new Map();
export function renew(id, value, make_) {
  const now = JSON.stringify(value);
  if (drawn.get(id) === now) return;
  drawn.set(id, now);
  morphAll($(id), make_(value));
}
// What is there already is changed in place, so that no click and no focus is lost. What is clicked goes by its key.
function morphAll(parent, fresh) {
  const old = [...parent.childNodes];
  fresh.forEach((node, place) => place < old.length ? morph(old[place], node) : parent.append(node));
  old.slice(fresh.length).forEach(node => node.remove());
}
function morph(old, fresh) {
  if (old.nodeName !== fresh.nodeName || old.dataset?.key !== fresh.dataset?.key) return old.replaceWith(fresh);
  if (old.nodeType === Node.TEXT_NODE) { if (old.data !== fresh.data) old.data = fresh.data; return; }
  for (const {name} of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const {name, value} of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  morphAll(old, [...fresh.childNodes]);
}
