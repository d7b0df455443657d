// Takes minutes on any machine.
// Parameters: none.
UNWIND range(1, 10000) AS a UNWIND range(1, 10000) AS b UNWIND range(1, 1000) AS c
WITH a, b, c WHERE a * b + c = -1 RETURN count(*)
