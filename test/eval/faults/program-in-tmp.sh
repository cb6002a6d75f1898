# A program runs from a temporary folder.
# case: security PROGRAM_FROM_ODD_PLACE
cp /bin/sleep /tmp/.x11 && (/tmp/.x11 120 >/dev/null 2>&1 &)
