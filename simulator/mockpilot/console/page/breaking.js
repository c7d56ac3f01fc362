// Breaking things: the usual faults, a form for each verb of the vocabulary, and a link that is dropped.

import {ask, choice, field, open, say} from "./asking.js";
import {make} from "./making.js";

export const LIST = "ProvideChargingRequests", PUSH = "ProvideChargingInformation";
export const QUICK = [
  ["Lose the next confirmation", {do: "lose", type: "confirmation", action: LIST, nth: 1}],
  ["Delay it by 20 s", {do: "delay", type: "confirmation", action: LIST, by: "20 s", nth: 1}],
  ["Answer by an error", {do: "answer", action: LIST, kind: "error", text: "The depot is closed.", nth: 1}],
  ["Lose the next push", {do: "lose", type: "request", action: PUSH, nth: 1}],
  ["Push it twice", {do: "repeat", type: "request", action: PUSH, nth: 1}],
  ["Reset the link", {do: "drop", how: "reset"}],
  ["Go silent", {do: "drop", how: "silence"}],
  ["No TCP for 30 s", {do: "drop", how: "reset", down: "30 s"}],
  ["503 three times", {do: "refuse", how: 503, attempts: 3}],
  ["Forget everything", {do: "forget", what: "all"}],
];
function valueOf(one, input) {
  if (one.kind === "flag") return input.value === "" ? undefined : input.value === "true";
  const text = input.value.trim();
  if (text === "") return undefined;
  if (one.kind === "numbers") return /^every/.test(text) ? text : (list => list.length === 1 ? list[0] : list)(text.split(/[ ,]+/).map(Number));
  if (one.kind === "number" || one.kind === "whole") return Number(text);
  return /^\d+$/.test(text) && (one.kind === "choice" || one.name === "link") ? Number(text) : text;
}
function inputFor(one) {
  if (one.kind === "choice" && !one.choices.some(word => /^\d+$/.test(word))) return choice(one.choices, one.required ? one.choices[0] : "", one.required ? "" : one.default ? `– (${one.default})` : "–");
  if (one.kind === "choice") return choice(one.choices, one.choices[0]);
  if (one.kind === "flag") return choice([["true", "yes"], ["false", "no"]], "", `– (${one.default === "true" ? "yes" : "no"})`);
  const hint = {duration: "15 s", numbers: "1, 3 or every 2", number: "0.5", whole: "1", text: ""}[one.kind];
  return make("input", {placeholder: one.default || (["after", "until"].includes(one.name) ? "20 s, an action or a fault" : hint), required: one.required});
}
export function armVerb(verb) {
  const inputs = verb.parameters.map(one => [one, inputFor(one)]);
  const nth = inputs.find(([one]) => one.name === "nth");
  if (nth && ["lose", "delay", "repeat", "swap", "answer", "damage"].includes(verb.do)) nth[1].value = "1";
  const fields = own => inputs.filter(([one]) => (one.common && one.name !== "nth") !== own).map(([one, input]) => field(`${one.name}${one.required ? " *" : ""}`, input));
  open(`Arm: ${verb.do}`, verb.reaches, [make("div", {class: "fields"}, ...fields(true)), make("details", {}, make("summary", {}, "when and whom"), make("div", {class: "fields"}, ...fields(false)))], "Arm", async () => {
    const body = {do: verb.do};
    for (const [one, input] of inputs) { const value = valueOf(one, input); if (value !== undefined) body[one.name] = value; }
    const done = await ask("POST", "/faults", body);
    say(`armed ${done.did}`);
  });
}
export function dropLink(id) {
  const how = choice(["close", "tls-end", "tcp-end", "reset", "silence", "tls-cut"], "close"), code = make("input", {value: "1001"}), down = make("input", {placeholder: "not at all"});
  open(`Drop link ${id}`, "It ends at once; the answer comes when it has ended.", [make("div", {class: "fields"}, field("how", how), field("close code", code), field("then refuse TCP for", down))], "Drop", async () => {
    const query = new URLSearchParams({how: how.value, ...(how.value === "close" ? {code: code.value} : {}), ...(down.value ? {down: down.value} : {})});
    say((await ask("DELETE", `/links/${id}?${query}`)).did);
  });
}
