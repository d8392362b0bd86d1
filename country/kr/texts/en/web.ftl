# The frame of every page, signing in, settings, and what is said when something goes wrong.

web-identity = Official website of { $place }
web-footnote = Everything is done on a recorded ground, and the person concerned can see it.
web-skip = Skip to the content
web-nav = Main menu
web-settings = Display settings
web-sign-in = Sign in
web-sign-out = Sign out
web-play = Listen
web-stop = Stop
web-updated = Something new arrived and this page was updated.
web-offline = The connection is lost. Trying again.
web-busy = Sending…
web-saved = What you typed is kept on this page.
web-holds = holds
web-fails = does not hold
web-drafted = A machine translated this. No person has checked it.
web-unknown = to be checked
web-csv = Download as a table (CSV)
web-json = Download for programs (JSON)
web-to-start = To the start

# Settings
web-settings-lead = Press to change; it is remembered. Once you sign in it is the same on every device.
web-language-name = English
web-lang = Language 언어
web-text = Text size
web-text-normal = Normal
web-text-large = Large
web-text-largest = Largest
web-plain = Wording
web-plain-usual = Usual words
web-plain-easy = Easy words
web-theme = Screen
web-theme-auto = Like the device
web-theme-light = Light
web-theme-dark = Dark
web-contrast = Contrast
web-contrast-normal = Normal
web-contrast-high = High

# Signing in
web-login-lead = What concerns you is shown only after you sign in.
web-login-name = Login
web-login-password = Password
web-login-elsewhere = Sign in with another account
web-login-failed = You could not be signed in
web-login-wrong = The login or the password is not right. Please type them again.
web-login-expired = Your session ended because time passed. Sign in again to return to your page.

# No connection
web-offline-title = You are not connected now
web-offline-lead = Open this again once you are online. What you have not sent is still on its page.

# API
web-api-title = API
web-api-lead = How programs do what this website does. Described in OpenAPI 3.1; errors are told by RFC 9457.
web-api-empty = There is nothing open to programs yet.
web-api-parameters = Parameters
web-api-name = Name
web-api-place = Where
web-api-type = Type
web-api-meaning = Meaning
web-api-required = required
web-api-body = What to send
web-api-answers = Answers
web-api-shapes = Shapes of data
web-api-other = Other

# When something goes wrong: what happened, what to do
web-problem-number = Error number { $status }
web-send-again = Send it again as it is
web-kept = You are signed in again
    .detail = What you typed is still here.
    .remedy = Press the button below to send it.
web-expired = Time passed and this page was closed
    .detail = Pages that are not used for long are closed for safety. What you typed is not lost.
    .remedy = If your session ended, sign in again; then send it again as it is. Passwords are never kept.
web-bad-request = The address or the content cannot be understood
    .detail = The address may have been cut or changed.
    .remedy = Go back to the page before and press again.
web-no-token = It is not clear whether this was sent from our page
    .detail = The mark that keeps a thing from being done twice is missing. Nothing was changed.
    .remedy = Open the page anew and send again. A program sends the header Idempotency-Key.
web-sign-in-first = Please sign in first
    .detail = This can be shown only once we know who you are.
    .remedy = Sign in and open it again. A program sends a valid token.
web-forbidden = You are not permitted to see this
    .detail = Only those in charge can do this. Nothing was changed.
    .remedy = If it is your task, ask the administrator of your agency for permission.
web-forged = A request from somewhere else was refused
    .detail = It is not certain that this was sent from a page of this website. Nothing was changed.
    .remedy = Open the page of this website anew and try again.
web-not-found = There is no such page
    .detail = The address was changed or removed, or its content is not for you to see.
    .remedy = Look for it from the start. Your applications are not lost.
web-method = This address cannot be used that way
    .detail = It can only be read, or only be sent to.
    .remedy = Go back to the page before and use its button.
web-conflict = It was changed in the meantime
    .detail = Somebody else was faster, or it was already dealt with. What you sent was not stored.
    .remedy = Open the page anew, see what changed, and try again.
web-too-large = What you sent is too large
    .detail = Up to { $limit } KB are taken at once. Nothing was stored.
    .remedy = Go back to the page before and shorten it or send it in parts. What you typed is still there.
web-media-type = This format cannot be taken
    .detail = It is not a format this address knows.
    .remedy = Send it by the form on the page. For a program, see the format in the API description.
web-unprocessable = The content cannot be taken
    .detail = Something is missing or does not fit. Nothing was stored.
    .remedy = Correct it on the page before and send it again.
web-too-many = Please wait a moment
    .detail = You sent too often in a short time.
    .remedy = You can try again in { $seconds } { $seconds ->
        [one] second
       *[other] seconds
    }. What you typed is still on the page before.
web-internal = Something went wrong on our side
    .detail = What you were doing was not stored. What went wrong was recorded.
    .remedy = Please try again in a moment. Pressing twice does it once.
web-unavailable = The records cannot be opened now
    .detail = The store does not answer. What you were doing was not stored.
    .remedy = Please try again in a moment. If it is urgent, we help you by phone.
web-oidc-failed = You could not be signed in with the other account
    .detail = Something did not match while checking, or too much time passed. Nothing was changed.
    .remedy = Begin again on the sign-in page.
web-oidc-unreachable = The provider that signs you in does not answer
    .detail = It seems to be out of reach for the moment.
    .remedy = Try again a little later, or sign in with login and password.
web-oidc-unknown = This account is not registered here
    .detail = You were recognised, but the account is not registered for this website.
    .remedy = Ask the administrator of your agency to register it.
