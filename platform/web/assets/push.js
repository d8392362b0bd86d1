// Notifications: a form marked with data-push (the server's public key) is shown where the browser can be woken, and
// sent once the person has allowed it. Without this module the form stays hidden, and so does a section that holds
// nothing else.
const form = document.querySelector("form[data-push]");

const base64url = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function subscribe() {
  const worker = await navigator.serviceWorker.register("/sw.js");
  await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: form.dataset.push };
  const kept = await worker.pushManager.getSubscription();
  // A subscription under another key (the server was made anew) can never be used again.
  if (kept && base64url(kept.options.applicationServerKey) !== form.dataset.push) await kept.unsubscribe();
  return worker.pushManager.subscribe(options);
}

if (form && "serviceWorker" in navigator && "PushManager" in window) {
  form.hidden = false;
  form.closest("section").hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.endpoint.value) return;
    // Not sent yet: the module that makes pressing twice once must not see this press.
    event.preventDefault();
    event.stopPropagation();
    const refused = document.querySelector("[data-push-refused]");
    try {
      if ((await Notification.requestPermission()) !== "granted") throw new Error("refused");
      const subscription = await subscribe();
      form.elements.endpoint.value = subscription.endpoint;
      form.elements.p256dh.value = base64url(subscription.getKey("p256dh"));
      form.elements.auth.value = base64url(subscription.getKey("auth"));
      form.requestSubmit();
    } catch {
      refused.hidden = false;
    }
  });
}
