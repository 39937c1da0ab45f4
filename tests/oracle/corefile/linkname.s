// An assembly file, even an empty one, lets the compiler accept the bodiless functions of setup.go (go:linkname).
