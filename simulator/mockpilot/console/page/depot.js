// The depot: stations and points as they are, and what is done to them by hand.

import {act, ask, choice, field, open, say} from "./asking.js";
import {$, button, count, draw, make, short} from "./making.js";

let now = null;

export function drawDepot(depot) {
  now = depot;
  const limit = depot.grid_limit_kw;
  const stored = Object.entries(depot.requests).map(([who, n]) => `${count(n, "request")} of ${short(who)}`).join(", ");
  return [make("div", {class: "row"}, make("h3", {}, depot.name || short(depot.id)), make("span", {class: "end"}, `${depot.power_kw} kW${limit === null ? "" : ` of ${limit} kW`}`)),
    make("div", {class: "row"}, make("small", {}, stored || "no requests"), button("Forget requests", () => act("PATCH", "/depot", {do: "forget"}), {class: "small end act"})),
    ...depot.stations.filter(one => !one.is_default).map(drawStation)];
}
function drawStation(station) {
  const trouble = station.fault ? `✗ ${station.fault}` : station.silent ? "✗ silent" : "";
  return make("div", {class: "station", "data-key": station.id},
    make("div", {class: "row"}, make("b", {}, station.name || short(station.id)), trouble ? make("span", {class: "tag bad"}, trouble) : null, make("small", {class: "end"}, `${station.power_kw} kW${station.limit_kw === null ? "" : ` of ${station.limit_kw}`}`),
      button(station.silent ? "online" : "offline", () => act("PATCH", "/depot", {do: station.silent ? "online" : "offline", target: station.id}), {class: "small act", "aria-label": `${station.name || station.id} ${station.silent ? "online" : "offline"}`})),
    make("div", {class: "points"}, ...station.points.map(point => drawPoint(point))));
}
function drawPoint(point) {
  const soc = point.soc_percent, broken = point.fault || ["faulted", "unavailable", "offline"].includes(point.state.toLowerCase());
  const kind = broken ? "broken" : point.power_kw > 0 ? "charging" : "";
  const words = point.vehicle ? `${short(point.vehicle)} · ${soc} %` : broken ? `✗ ${point.fault || point.state}` : "○ free";
  const level = soc === null ? 0 : soc * .8, flow = point.max_kw ? Math.min(1, point.power_kw / point.max_kw) * 84 : 0;
  const picture = draw("svg", {viewBox: "0 0 88 18", "aria-hidden": "true", preserveAspectRatio: "none"},
    draw("rect", {x: 1, y: 1, width: 82, height: 10, rx: 2.5, class: "shape"}), draw("rect", {x: 83.5, y: 4, width: 3, height: 4, class: "level"}),
    draw("rect", {x: 2, y: 2, width: level, height: 8, rx: 1.5, class: "level"}), ...(broken ? [draw("line", {x1: 4, y1: 10, x2: 80, y2: 2, class: "hatch"})] : []),
    draw("rect", {x: 1, y: 14, width: 84, height: 3, rx: 1.5, class: "track"}), draw("rect", {x: 1, y: 14, width: flow, height: 3, rx: 1.5, class: "flow"}));
  return make("button", {type: "button", class: `point ${kind}`, title: point.id, "aria-label": `point ${point.name || point.id}: ${point.state}, ${words}, ${point.power_kw} kW`, "data-key": point.id, on: {click: () => changePoint(point.id)}},
    make("b", {}, point.name || short(point.id)), make("small", {}, ` ${point.state}`), picture, make("div", {}, words), make("small", {}, `${point.power_kw} of ${point.max_kw} kW`));
}
function changePoint(id) {
  const point = now.stations.flatMap(station => station.points).find(one => one.id === id);
  const vehicle = make("input", {placeholder: now.vehicles[0] ?? "bus-1"}), soc = make("input", {type: "number", min: 0, max: 100, value: 40});
  const error = choice(["ConnectorLockFailure", "EVCommunicationError", "GroundFailure", "HighTemperature", "InternalError", "OtherError", "OverCurrentFailure", "OverVoltage", "PowerMeterFailure", "UnderVoltage"], "OtherError");
  const go = async body => { await ask("PATCH", "/depot", {target: point.id, ...body}).then(done => { say(done.did); $("dialog").close(); }, problem => { $("dialog-problem").textContent = problem.message; }); };
  open(`Point ${point.name || short(point.id)}`, `${point.id} · ${point.state}`, [
    make("div", {class: "fields act"}, field("vehicle", vehicle), field("state of charge in %", soc)),
    make("div", {class: "buttons act"}, button("Plug in", () => go({do: "plug-in", vehicle: vehicle.value || vehicle.placeholder, soc_percent: Number(soc.value)})), button("Unplug", () => go({do: "unplug"}))),
    make("div", {class: "fields act"}, field("error", error)),
    make("div", {class: "buttons act"}, button("Break it", () => go({do: "fault", error: error.value})), button("Mend it", () => go({do: "mend"})),
      button("Vanish from pushes", () => act("POST", "/faults", {do: "change", how: "vanish", point: point.id}).then(() => $("dialog").close()))),
  ], null, () => false);
}
