// Where one is: a button marked with data-locate is shown where the browser can tell, fills latitude and longitude of
// its form and sends it. Without this module people choose the district.
const button = document.querySelector("[data-locate]");

if (button && "geolocation" in navigator) {
  button.hidden = false;
  const form = button.form;
  const refused = document.querySelector("[data-locate-refused]");
  button.addEventListener("click", () => {
    // Without consent the browser is not even asked: the form comes back and says so.
    if (!form.elements.agree.checked) return form.requestSubmit();
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.latitude.value = coords.latitude;
        form.elements.longitude.value = coords.longitude;
        form.requestSubmit();
      },
      () => {
        refused.hidden = false;
      },
      { maximumAge: 60000, timeout: 15000 },
    );
  });
}
