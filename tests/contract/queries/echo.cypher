// Gives back what it was given.
// Parameters: value.
RETURN $value
