"""The words of schools. Everything is invented: schools, people, classes.

The held-out set has schools, people and subjects of its own on top of the common ones, so that a
reader
that learned a list of words by heart meets others.
"""

SCHOOLS = {
    "development": {
        "young": ("Alderbrook Primary School", "St Bede's RC Primary School",
        "Foxhollow Infant School",
                  "Withy Grove Junior School", "Cooper's Edge Community School",
                  "Marlpit Lane School"),
        "old": ("Tollgate Academy", "Kestrel Mount High School", "Brackenfield College",
                "Penhallow Secondary School", "Gable Hill Sixth Form", "Larchwood School"),
        "nursery": ("Sandpiper Nursery", "Thistledown Pre-School", "Foxhollow Infant School"),
        "sen": ("The Rowans Special School", "Larchwood School", "Marlpit Lane School"),
    },
    "held-out": {
        "young": ("Nettlecombe Church School", "Holm Oak Primary", "Bluebell Wood Infants",
                  "Weavers' Croft Junior School", "Tanner's Green Middle School"),
        "old": ("Ironbridge Road Academy", "Saltmarsh High School", "Quarry Bank Upper School",
                "Fairlight Sixth Form College", "Abbotsmere School"),
        "nursery": ("Dovecote Lane Nursery", "Bluebell Wood Infants"),
        "sen": ("The Willows SEN Centre", "Abbotsmere School"),
    },
}  # fmt: skip
LEVEL_OF = {
    "primary": "young", "secondary": "old", "teacher": "old", "sixth": "old",
    "nursery": "nursery", "sen": "sen",
}  # fmt: skip

CLASSES = {
    "primary": (
        "Class 3 Hawthorn", "Year 4 Otters", "Year 2 Badgers", "5 Elm", "Class 6M", "Year 1 Robins",
        "Puffin Class", "Year 3 and 4", "Saturn Class", "Class 2 Juniper", "6 Cedar",
        "Year 5 Kites",
    ),
    "secondary": ("Form 7R", "8 West", "Year 9 Band Y", "10 Curie", "Form 11B", "7 Franklin",
    "Form IV A", "9H"),
    "teacher": ("Mr T. Aldous (TAL)", "Ms R. Okafor", "Dr H. Penrose (HPE)", "Mrs J. Sandhu",
    "Mr K. Lindqvist"),
    "nursery": ("Caterpillars", "Little Owls", "Nursery Yellow Room", "Reception Hedgehogs",
    "Tadpoles", "Ducklings"),
    "sixth": ("Year 12 Group C", "13 Sciences", "Foundation Year, Group 2",
    "Upper Sixth Languages"),
    "sen": ("Harbour Class", "Willow Base, Key Stage 2", "Meadow Room", "Lighthouse Class KS3",
    "Orchard Base"),
}  # fmt: skip

TITLES = (
    "{klass} Timetable", "{klass} – Weekly Timetable", "Timetable: {klass}", "{klass}: our week",
    "Weekly timetable for {klass}", "{klass}", "{klass} timetable 2026-27",
)  # fmt: skip

TERMS = (
    "Autumn Term 2026", "Spring Term 2027", "Summer 1", "Autumn 2", "Term 3, 2026-27",
    "from 7 September 2026",
    "2026/27", "Michaelmas 2026", "Valid until half term", "Academic year 2026–2027",
)  # fmt: skip

REMINDERS = (
    "PE kit on {day} please.", "Library books go back on {day}.",
    "Reading records are checked every {day}.",
    "Bring a water bottle every day.", "Clubs have a list of their own, see the hall door.",
    "Homework is set on {day}.", "Please name all clothing.", "Coats and wellies needed on {day}.",
    "This timetable may change without notice.", "No nuts in snack boxes, please.",
    "Swimming bags on {day}!",
)  # fmt: skip

FOOTERS = (
    "{school} · page 1 of 1", "Printed for {school}", "{school} – {term}",
    "Issue 2 – replaces earlier copies",
    "Updated 4 September 2026", "{school} · 01632 960 47{n}", "Version {n}.0",
)  # fmt: skip

COMMON = {
    "register": {
        "primary": ("Registration", "Register", "Morning Register", "Soft Start",
        "Early Morning Work", "Welcome Time"),
        "secondary": ("Registration", "Tutor Time", "Form Time", "Reg", "AM Registration"),
        "nursery": ("Welcome Time", "Arrival and Coats", "Hello Song", "Free Flow Play",
        "Carpet Time"),
        "sixth": ("Tutorial", "Check-in", "Registration", "Tutor Group"),
        "sen": ("Good Morning Circle", "Arrival", "Welcome Circle", "Settle and Sensory",
        "Breakfast Group"),
    },
    "break": {
        "primary": ("Break", "Playtime", "Morning Break", "Morning Play", "Break Time",
        "Outdoor Play"),
        "secondary": ("Break", "Morning Break", "Break Time"),
        "nursery": ("Snack", "Milk and Fruit", "Snack Time", "Outdoor Play", "Fruit Time"),
        "sixth": ("Break", "Coffee Break"),
        "sen": ("Snack", "Snack and Play", "Drinks and Snack", "Break"),
    },
    "lunch": {
        "primary": ("Lunch", "Lunchtime", "Lunch Break", "Dinner Time", "Lunch Hour", "Dinner"),
        "secondary": ("Lunch", "Lunch Break"),
        "nursery": ("Lunch", "Dinner Time", "Lunchtime", "Packed Lunch"),
        "sixth": ("Lunch", "Lunch Break"),
        "sen": ("Lunch", "Lunch Club", "Dinner"),
    },
    "early": {
        "primary": ("Guided Reading", "Phonics", "Spelling", "Handwriting", "Daily Mile",
        "Mental Maths", "Fluency"),
        "secondary": ("Reading Programme", "Year Group Briefing", "Literacy", "Numeracy Ninjas"),
        "nursery": ("Rhyme Time", "Phase 1 Phonics", "Name Writing", "Busy Fingers"),
        "sixth": ("Study Skills", "Reading Group"),
        "sen": ("Attention Bucket", "Sensory Diet", "Communication", "Morning Movement"),
    },
    "assembly": {
        "primary": ("Assembly", "Collective Worship", "Singing Assembly", "Class Assembly",
        "Key Stage Assembly",
                    "Celebration Assembly", "Hymn Practice", "Achievement Assembly"),
        "secondary": ("Assembly", "House Assembly", "PSHE Drop-in", "Form Reading", "Mentoring"),
        "nursery": ("Singing", "Story Circle", "Music and Movement", "Show and Tell"),
        "sixth": ("Enrichment Talk", "Careers Hour", "Mentoring"),
        "sen": ("Assembly", "Celebration Time", "Singing and Signing"),
    },
    "close": {
        "primary": ("Story Time", "Story and Home Time", "Class Reader", "Shared Reading",
        "Tidy Up", "Reflection"),
        "secondary": ("Afternoon Registration", "Tutor Time", "Period 6 Revision", "Clubs"),
        "nursery": ("Story and Goodbye", "Goodbye Song", "Home Time", "Story Time"),
        "sixth": ("Private Study", "Clinic"),
        "sen": ("Calm and Home", "Goodbye Circle", "Relaxation", "Mindful Minutes"),
    },
}  # fmt: skip

SUBJECTS = {
    "primary": (
        ("English", 5), ("Maths", 5), ("Literacy", 2), ("Numeracy", 2), ("Science", 3),
        ("History", 2),
        ("Geography", 2), ("Art", 2), ("Music", 2), ("PE", 3), ("RE", 2), ("Computing", 2),
        ("French", 1),
        ("PSHE", 2), ("Topic", 3), ("Spanish", 1), ("Design and Technology", 1), ("Reading", 2),
        ("Writing", 2),
        ("Library", 1), ("Swimming", 1), ("Forest School", 1), ("Grammar", 1), ("Times Tables", 1),
        ("Problem Solving", 1), ("Recorders", 1), ("Golden Time", 1), ("Spelling Test", 1),
        ("Drama", 1),
        ("Gymnastics", 1), ("Arithmetic", 1), ("Comprehension", 1), ("Creative Writing", 1),
        ("World Faiths", 1),
    ),
    "secondary": (
        ("English", 4), ("Maths", 4), ("Biology", 2), ("Chemistry", 2), ("Physics", 2),
        ("History", 2),
        ("Geography", 2), ("French", 2), ("German", 2), ("Spanish", 2), ("PE", 2), ("Art", 1),
        ("Music", 1),
        ("Drama", 1), ("Computing", 2), ("RE", 2), ("Food Technology", 1),
        ("Product Design", 1), ("PSHE", 1),
        ("Latin", 1), ("Business Studies", 1), ("Media Studies", 1), ("Games", 1),
        ("Citizenship", 1), ("Dance", 1),
        ("Textiles", 1), ("Economics", 1), ("Statistics", 1), ("Ethics", 1),
    ),
    "nursery": (
        ("Phonics", 3), ("Number Time", 3), ("Child Initiated Play", 3), ("Garden Play", 2),
        ("Cooking", 1),
        ("Dough Disco", 1), ("Paint and Stick", 1), ("Music and Movement", 1),
        ("PE in the Hall", 1),
        ("Woodland Walk", 1), ("Small World Play", 2), ("Water and Sand", 2),
        ("Mark Making", 2), ("Puppets", 1),
        ("Drawing Club", 1), ("Construction", 1), ("Role Play", 1), ("Helicopter Stories", 1),
        ("Bikes", 1),
    ),
    "sixth": (
        ("Biology", 3), ("Psychology", 3), ("Economics", 3), ("Further Maths", 2),
        ("English Literature", 3),
        ("Politics", 2), ("Film Studies", 2), ("Fine Art", 2), ("Supervised Study", 1),
        ("Sociology", 2),
        ("Core Maths", 2), ("Philosophy", 2), ("Physics", 2), ("Sports Leaders", 1),
        ("Photography", 1),
    ),
    "sen": (
        ("Communication", 3), ("Number Skills", 3), ("Sensory Room", 2), ("Rebound Therapy", 1),
        ("Cookery", 2),
        ("Hydro Pool", 1), ("Life Skills", 2), ("Music Therapy", 1), ("My World", 2),
        ("My Body", 1),
        ("Travel Training", 1), ("Story Massage", 1), ("Creative Arts", 2),
        ("Choosing Time", 1), ("Switch Work", 1),
        ("Intensive Interaction", 1), ("Outdoor Learning", 2), ("Reading", 2), ("Physio", 1),
        ("Speech Therapy", 1),
    ),
}  # fmt: skip

# Subjects only the held-out set teaches.
UNSEEN_SUBJECTS = {
    "primary": (("Mandarin", 2), ("Chess", 1), ("Rivers and Coasts", 2), ("Vikings", 2),
    ("Ukulele", 1), ("Judo", 1),
                ("Big Maths", 2), ("Poetry Corner", 1), ("Eco Council", 1), ("Tag Rugby", 1),
                ("Clay Modelling", 1)),
    "secondary": (("Geology", 2), ("Mandarin", 2), ("Graphics", 2), ("Electronics", 1),
    ("Rural Science", 1),
                  ("Classics", 1), ("Orchestra", 1), ("Astronomy", 1), ("Law", 1), ("Woodwork", 1)),
    "nursery": (("Rainbow Maths", 2), ("Muddy Mondays", 1), ("Yoga Bugs", 1),
    ("Junk Modelling", 2), ("Planting", 1)),
    "sixth": (("Geology", 2), ("Criminology", 2), ("Ancient History", 2),
    ("Extended Project", 1), ("Music Tech", 1)),
    "sen": (("Horticulture", 2), ("Light Room", 1), ("Puppet Theatre", 1), ("Soft Play", 1),
    ("Makaton Choir", 1)),
}  # fmt: skip

# A school calls it one or the other.
SAME_SUBJECT = (("English", "Literacy"), ("Maths", "Numeracy"), ("Topic", "World Faiths"))

CODES = ("7A", "7B", "8A", "8C", "9B1", "9D", "10A2", "10C", "11B", "11 GCSE", "12X", "13 A2")
TEACHER_SUBJECTS = (
    "History",
    "Politics",
    "Chemistry",
    "Maths",
    "Geography",
    "French",
    "Computing",
    "Art",
)
DUTIES = (
    "PPA",
    "Break Duty",
    "Department Meeting",
    "Chess Club",
    "Staff Briefing",
    "Mentoring",
    "Line Management",
)

PEOPLE = {
    "development": ("Mr Aldous", "Ms Okafor", "Dr Penrose", "Mrs Sandhu", "Mr Lindqvist",
    "Miss Tran", "Mr Bellamy",
                    "Mrs Kaya", "Ms Duarte", "Mr Pryce", "Miss Novak", "Mrs Achebe"),
    "held-out": ("Mr Harbottle", "Ms Izzard", "Dr Quigley", "Mrs Moreau", "Mr Vasquez",
    "Miss Umar", "Mr Eastwood",
                 "Mrs Yilmaz", "Ms Fenn", "Mr Castellan", "Miss Oduya"),
}  # fmt: skip
ROOMS = ("Rm 3", "Rm 14", "Rm 21", "Lab 2", "Lab 4", "Hall", "Gym", "H1", "S4", "M2", "Studio",
         "ICT 1", "Library", "T5", "Field", "E12", "B7", "Art room")  # fmt: skip
REMARKS = ("Classroom", "Hall", "Sets 1 and 2", "Playground", "Bring a book", "Dining room",
           "Music room", "with Year 6", "Old clothes", "Field if dry", "ICT suite", "Small groups",
           "")  # fmt: skip

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
DAY_NAMES = {
    "full": DAYS,
    "upper": tuple(day.upper() for day in DAYS),
    "three": tuple(day[:3] for day in DAYS),
    "three-upper": tuple(day[:3].upper() for day in DAYS),
    "mixed": ("Mon", "Tues", "Wed", "Thurs", "Fri"),
    "weds": ("Mon", "Tues", "Weds", "Thurs", "Fri"),
    "letters": ("M", "T", "W", "Th", "F"),
}
