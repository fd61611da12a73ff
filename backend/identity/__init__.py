"""Who is who: staff, badges, devices, sessions, and the one guard of every route.

Two identities are never mixed. The *device* authorises transport: its random credential lies in a cookie, hashed
here, and lets it post commands and follow logs, also while locked. The *author* is whoever a command's session
key says, judged by whether that session was open when the act was done. A ward device is enrolled by a one-time
code, keeps a data key wrapped under the PIN of everyone who works there, and switches users by PIN. A visitor is
any other browser on which someone gave the right password: nothing on its disk, 8 hours, 15 minutes idle.

Staff, badges and devices change by commands through the door, so that every tablet learns of it. Secrets are no part of
the record: passwords are argon2id hashes, stretched PINs and data keys lie sealed under a key outside the database.

`secrets` keys and slow hashes · `authenticate` who is behind a cookie, a token, a key · `guards` the rule of each
route · `devices` enrolment and keyring · `signing_in` passwords and sessions · `installing` the launcher's part.
"""
