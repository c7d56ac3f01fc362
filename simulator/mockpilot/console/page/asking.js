// Asks the control API with the key of the page, says what came of it, and asks the person by one dialog.

import {$, make} from "./making.js";

let key = new URLSearchParams(location.search).get("key") ?? sessionStorage.getItem("key") ?? "";

export class Refused extends Error { constructor(status, detail) { super(detail); this.status = status; } }

export const authorization = () => ({Authorization: `Bearer ${key}`});

export function useKey(other) {
  key = other;
  sessionStorage.setItem("key", key);
}
async function answerTo(method, path, body) {
  const headers = authorization();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, {method, headers, body: body === undefined ? undefined : JSON.stringify(body)});
  if (!answer.ok) throw new Refused(answer.status, await whyNot(answer));
  return answer;
}
export const whyNot = answer => answer.json().then(told => told.detail, () => `status ${answer.status}`);
export const ask = async (method, path, body) => (await answerTo(method, path, body)).json();
export const askText = async path => (await answerTo("GET", path)).text();

export async function act(method, path, body) {
  try {
    const done = await ask(method, path, body);
    say(done.did ?? "done");
    return done;
  } catch (error) {
    say(error.message, true);
    return null;
  }
}
export function say(text, bad = false) {
  const line = make("p", {class: bad ? "bad" : ""}, `${bad ? "✗ " : "✓ "}${text}`);
  $("said").append(line);
  setTimeout(() => line.remove(), bad ? 9000 : 3500);
}

// -- one dialog for everything ---------------------------------------------------------------------------------------

export function open(title, about, body, ok, submit) {
  const dialog = $("dialog");
  $("dialog-title").textContent = title;
  $("dialog-about").textContent = about;
  $("dialog-problem").textContent = "";
  $("dialog-body").replaceChildren(...body);
  $("dialog-ok").textContent = ok ?? "";
  $("dialog-ok").hidden = !ok;
  dialog.querySelector("form").onsubmit = async event => {
    event.preventDefault();
    try {
      if (await submit() !== false) dialog.close();
    } catch (error) {
      $("dialog-problem").textContent = error.message;
    }
  };
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("#dialog-body :is(input, select, textarea, button)")?.focus();
}
$("dialog-cancel").addEventListener("click", () => $("dialog").close());

export function field(name, input, wide = false) {
  return make("label", {class: wide ? "wide" : ""}, make("span", {}, name), input);
}
export function choice(choices, chosen = "", none = "") {
  const options = choices.map(one => {
    const [value, text] = Array.isArray(one) ? one : [one, one];
    return make("option", {value, selected: String(value) === String(chosen)}, text);
  });
  return make("select", {}, none ? make("option", {value: ""}, none) : null, ...options);
}
