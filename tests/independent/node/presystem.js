// A conforming presystem on `ws` for Node, written from the protocol's description alone.
//
// Where the protocol leaves freedom it sends its full list once on every new link, confirmed before or not, sends it
// again on the next link only, binds no charging request to a point before somebody names one, spells UUIDs in
// capitals, pings, gives up a link whose boot is unanswered, boots again on one that rejected it, and backs off in a way
// of its own. `--tls12` speaks TLS 1.2 alone, where Node looks at the certificate after the handshake.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import WebSocket from "ws";

const told = (name) => process.env[`MOCKPILOT_${name}`];
const SILENT_MS = Math.max(3000, 4000 * Number(told("PUSH_INTERVAL_S"))); // so long without a push: the link is given up
const BOOT_WITHIN_MS = 2500;
const PING_EVERY_MS = 1500;
const HOURS = 3600_000;

const uuid = () => randomUUID().toUpperCase();
const stamp = (afterMs = 0) => new Date(Date.now() + afterMs).toISOString();
const message = (kind, id, action, payload) =>
  JSON.stringify([kind, told("PRESYSTEM_KIND"), told("PRESYSTEM_ID"), stamp(), id, action, payload]);

function slotsOf(text) {
  try {
    const slots = JSON.parse(text);
    return Array.isArray(slots) && slots.length === 7 ? slots : null;
  } catch {
    return null;
  }
}

function pointsOf(push) {
  const stations = push.depotInfoList.flatMap((depot) => depot.chargingStationInfoList);
  return new Set(stations.flatMap((station) => station.chargingPointInfoList).map((point) => point.chargingPointId));
}

// -- charging requests ------------------------------------------------------------------------------------------------

const requests = new Map();
let points = new Set();
let made = 0;

function create(point) {
  const id = uuid();
  requests.set(id, {
    chargingRequestId: id,
    vehicleId: `WNODE${String(++made).padStart(12, "0")}`,
    chargingRequestData: {
      expectedArrivalTimeAtChargingPoint: stamp(10_000),
      expectedSocAtArrival: 12.75,
      minTargetSoc: 40,
      maxTargetSoc: 80,
      requestedTimeForDeparture: stamp(3 * HOURS),
    },
    manualPreconditioning: {
      hvacPreconditioningStartTime: stamp(2 * HOURS),
      hvacAuxiliaryConsumerPower: 8,
      systemPreconditioningStartTime: stamp(2.5 * HOURS),
    },
    ...(points.has(point) && { chargingPointId: point }),
  });
}

function change(request) {
  const data = request.chargingRequestData;
  data.minTargetSoc = data.minTargetSoc === 40 ? 45 : 40;
  if (!points.has(request.chargingPointId)) delete request.chargingPointId;
}

function take(step) {
  const named = step.charging_request_id;
  if (step.step === "create-request") create(step.charging_point_id);
  else if (step.step === "change-request" && requests.has(named)) change(requests.get(named));
  else if (step.step === "cancel-request") requests.delete(named);
  else if (step.step === "cancel-all-requests") requests.clear();
  link?.sendList();
}

// -- one link ---------------------------------------------------------------------------------------------------------

class Link {
  accepted = false;
  #informed = false;
  #boots = new Set();
  #timers = [];

  constructor(over) {
    const login = Buffer.from(`${told("USER")}:${told("PASSWORD")}`).toString("base64");
    this.socket = new WebSocket(told("URL"), told("SUBPROTOCOL") || [], {
      ca: readFileSync(told("CA_FILE")),
      headers: { Authorization: `Basic ${login}` },
      handshakeTimeout: 4000,
      ...(process.argv.includes("--tls12") && { maxVersion: "TLSv1.2" }),
    });
    this.socket.on("open", () => this.#begin());
    this.socket.on("message", (data, binary) => binary || this.#hear(slotsOf(data.toString())));
    this.socket.on("error", (error) => console.log(error.message));
    this.socket.on("close", () => {
      this.#timers.forEach(clearInterval);
      over(this.accepted);
    });
  }

  sendList() {
    if (this.#informed) this.#ask("ProvideChargingRequests", { chargingRequestList: [...requests.values()] });
  }

  #begin() {
    this.#boot();
    this.#timers.push(setInterval(() => this.socket.readyState === WebSocket.OPEN && this.socket.ping(), PING_EVERY_MS));
  }

  #boot() {
    this.#boots.add(this.#ask("BootNotification", { systemType: told("PRESYSTEM_KIND") }));
    this.#within(BOOT_WITHIN_MS);
  }

  #ask(action, payload) {
    const id = uuid();
    this.#send(1, id, action, payload);
    return id;
  }

  #send(...slots) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(message(...slots));
  }

  // The link must bring something within that time, or it is given up: politely, and for good soon afterwards.
  #within(ms) {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => {
      this.socket.close(1000);
      this.#timers.push(setTimeout(() => this.socket.terminate(), 1000));
    }, ms);
    this.#timers.push(this.patience);
  }

  #hear(slots) {
    if (slots === null) return;
    const [kind, , , , id, action, payload] = slots;
    if (kind === 1 && action === "ProvideChargingInformation") this.#pushed(id, payload);
    else if (kind === 2 && this.#boots.has(id)) this.#booted(payload);
    else if (kind === 3) console.log("refused:", JSON.stringify(payload)); // a person has to look
  }

  #booted({ status }) {
    this.accepted ||= status === "Accepted";
    if (this.accepted) this.#within(SILENT_MS);
    else this.#timers.push(setTimeout(() => this.#boot(), 2000));
    if (!this.accepted) this.#within(2 * BOOT_WITHIN_MS);
  }

  #pushed(id, payload) {
    try {
      points = pointsOf(payload);
    } catch {
      this.#send(3, id, "ProvideChargingInformation", { message: "not a push" });
      return;
    }
    this.#send(2, id, "ProvideChargingInformation", {});
    if (!this.accepted) return;
    this.#within(SILENT_MS);
    if (this.#informed) return;
    this.#informed = true;
    this.sendList();
  }
}

// -- for ever ---------------------------------------------------------------------------------------------------------

let link = null;
let failures = 0;

function connect() {
  link = new Link((accepted) => {
    link = null;
    failures = accepted ? 0 : failures + 1;
    const longest = Math.min(6000, 250 * 1.8 ** failures);
    setTimeout(connect, longest * (0.85 + 0.15 * Math.random()));
  });
}

create("");
createInterface({ input: process.stdin }).on("line", (line) => take(JSON.parse(line)));
connect();
