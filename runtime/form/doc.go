// Package form checks what people fill in and computes what follows from it.
//
// # Order
//
// Input is checked in two stages; the second begins only when the first found
// nothing. All problems of a stage are reported together, at most 100.
//
// Stage 1 looks at each value by itself: strict JSON within limits, the form's
// JSON Schema (types, limits, options, members that are required in every
// case), days and times that exist, telephone numbers, media types, options no
// longer offered. null, "" and [] count as absent members.
//
// Stage 2 looks at the values together, in this fixed order:
//
//  1. Settling: one pass over fields and columns in the order of their
//     dependencies, so that each is settled after all it reads (the order of
//     the definition where nothing depends). Settling a field is: visible? If
//     not, it loses its value. Else, on submission, a missing value is given
//     by the constant default, then by the default formula; a computed field
//     gets the value of its formula. A column is settled in all lines before
//     what depends on it. No field is settled twice; definitions in which one
//     depends on itself are refused ([Compile]), so no iteration is needed.
//  2. Required: a visible field without value that is required, or whose
//     requiredWhen holds, is a problem.
//  3. Read-only: a value for a field that is read-only, whose readOnlyWhen
//     holds, that is computed, or that the actor may not write is a problem,
//     unless it changes nothing: on submission, it equals the default; in an
//     edit, the stored value; for a computed field, the computed one.
//  4. Checks of lines, line by line, then checks of the record. They are made
//     whatever 1 to 3 found; a comparison with a value that is missing is false,
//     so a check on a value that may be missing says so itself.
//  5. When nothing was found: values that came of a default formula are checked
//     like input.
//
// A new record must satisfy the rows condition of one of the actor's entries
// that let him create, an edited one (as it was) of one that lets him edit.
//
// Conditions of steps 2 to 4 see the settled values. A formula that ends in a
// problem is a problem of its field; of a check, at the place of the check.
// The order of the problems of stage 2 carries no meaning.
//
// A required field that cannot be written (read-only, or its readOnlyWhen
// holds) is not asked for: whoever sets it sees to it.
//
// # Computed values
//
// A computed number is rounded half away from zero to its scale (integers 0,
// money that of its currency unless set), then, since stored numbers have at
// most 15 significant digits, half away from zero to as many digits as fit; 10^15 or
// more is the problem number_overflow. Computed values are stored.
package form
