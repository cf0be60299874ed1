"""What the Python tests share: emulators, the binary, the recording proxy."""
