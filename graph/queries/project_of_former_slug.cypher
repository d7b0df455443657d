// The project that once had a slug.
// $slug: the former slug.
MATCH (a:SlugAlias {slug: $slug})
RETURN a.project
