"""Words that games are made of: names, messages, assets. Lists are long so that names and values vary independently."""

from __future__ import annotations

STATS = ("Health", "Shield", "Stamina", "Mana", "Energy", "Armor", "Speed", "Damage", "Fuel", "Heat", "Power", "Charge", "Hunger", "Thirst", "Oxygen",
         "Temperature", "Focus", "Rage", "Morale", "Battery", "Pressure", "Durability", "Range", "Cooldown", "Threshold", "Intensity", "Strength",
         "Radius", "FireRate", "JumpForce", "WalkSpeed", "RunSpeed", "TurnRate", "Distance", "Progress", "Volume", "Brightness", "Weight", "Gravity")
COUNTERS = ("Score", "Coins", "Lives", "Ammo", "Kills", "Level", "Keys", "Gems", "Wave", "Round", "Points", "Combo", "Arrows", "Bullets", "Enemies",
            "Stars", "Tickets", "Potions", "Grenades", "Laps", "Hits", "Attempts", "Checkpoints", "Bombs", "Souls", "Medals", "Crates", "Survivors")
FLAGS = ("bIsOpen", "bIsAlive", "bIsActive", "bHasKey", "bIsLocked", "bCanFire", "bIsRunning", "bIsSprinting", "bIsCrouching", "bIsReady", "bCanJump",
         "bIsInvincible", "bLightOn", "bAlarmOn", "bIsReloading", "bHasFlag", "bIsPaused", "bQuestDone", "bIsVisible", "bIsHidden", "bIsStunned",
         "bIsBurning", "bIsPowered", "bWasTriggered", "bIsDead", "bIsAiming", "bPlayerInside", "bIsGrounded", "bHasShield", "bIsMoving")
STRINGS = ("PlayerName", "Message", "Title", "Greeting", "Warning", "QuestText", "Label", "ItemName", "Hint", "Dialogue", "Password", "Status")
NAMES = ("CurrentTag", "SocketName", "StateName", "TeamTag", "RowKey", "BoneName", "ParameterName", "LevelToLoad")
VECTORS = ("StartLocation", "TargetLocation", "SpawnPoint", "HomeLocation", "Offset", "Destination", "Direction", "CheckpointLocation", "Velocity", "AimPoint")
ROTATORS = ("StartRotation", "TargetRotation", "SpinRate", "AimRotation", "OpenRotation", "ClosedRotation")
ACTORS = ("TargetActor", "Enemy", "Door", "Owner1", "Leader", "Companion", "Pickup", "Turret", "Boss", "Platform", "Prey", "Guard", "Prisoner", "Carrier")
ACTOR_LISTS = ("Enemies", "Doors", "Waypoints", "Targets", "Pickups", "Guards", "Lights", "Platforms", "Checkpoints", "Spawners", "Traps", "Crates")
TIMERS = ("RegenTimer", "SpawnTimer", "AttackTimer", "CountdownTimer", "PatrolTimer", "FireTimer", "BlinkTimer")

VARIABLE_NAMES: dict[str, tuple[str, ...]] = {
    "Float": STATS, "Int": COUNTERS, "Bool": FLAGS, "String": STRINGS, "Name": NAMES, "Vector": VECTORS, "Rotator": ROTATORS, "Actor": ACTORS,
    "Text": ("DisplayText", "Subtitle", "HeaderText", "Caption", "TooltipText"),
    "Array<Actor>": ACTOR_LISTS, "Array<Float>": ("Distances", "Scores", "Samples", "Speeds", "Weights", "Delays"),
    "Array<Int>": ("Numbers", "Codes", "HighScores", "Slots", "Rolls", "Sequence1"),
    "Array<String>": ("Names", "Messages", "Inventory", "Hints", "Lines", "Players", "Commands"),
    "Array<Vector>": ("Path", "SpawnPoints", "PatrolPoints", "Corners", "Positions"),
    "Array<Name>": ("Tags", "Sockets", "Keywords", "States"),
    "TimerHandle": TIMERS,
    "StaticMeshComponent": ("Mesh", "DoorMesh", "BodyMesh", "LampMesh", "WheelMesh", "CrystalMesh"),
    "PointLightComponent": ("Lamp", "Lantern", "Beacon", "AlarmLight", "Torch"),
    "AudioComponent": ("EngineSound", "Music", "AlarmSound", "Ambience", "Siren"),
    "ParticleSystemComponent": ("Fire", "Smoke", "Sparks", "Steam"),
    "Transform": ("SpawnTransform", "StartTransform", "HomeTransform", "GoalTransform"),
    "NiagaraComponent": ("Trail", "Aura", "Flames", "Dust"),
    "SceneComponent": ("Pivot", "Muzzle", "Arm", "Hinge", "Anchor"),
    "BoxComponent": ("TriggerBox", "HitBox", "DetectionBox", "DoorTrigger"),
    "SphereComponent": ("DetectionSphere", "PickupSphere", "AggroSphere", "InteractionSphere"),
    "PrimitiveComponent": ("Body", "Hull", "Shell", "Blocker"),
    "Controller": ("MyController", "UnitController", "BotController"),
    "AIController": ("Brain", "GuardController", "EnemyController"),
    "PlayerController": ("PC", "PlayerOne", "Spectator"),
    "CameraComponent": ("Camera", "ViewCamera", "ZoomCamera"),
    "PlayerCameraManager": ("CameraManager", "ViewManager"),
    "BlackboardComponent": ("Board", "Memory", "Knowledge"),
    "SaveGame": ("SaveData", "Profile", "Progression"),
    "UserWidget": ("HudWidget", "MenuWidget", "PauseWidget", "InventoryWidget"),
    "Button": ("StartButton", "QuitButton", "OkButton", "CloseButton", "PlayButton", "BuyButton", "BackButton", "RetryButton"),
    "TextBlock": ("ScoreText", "HealthText", "TimerText", "AmmoText"),
    "ProgressBar": ("HealthBar", "StaminaBar", "LoadingBar", "ShieldBar"),
    "Character": ("Hero", "Target", "Opponent", "Follower"),
    "Pawn": ("ControlledPawn", "Vehicle", "Drone", "Rival"),
    "SkeletalMeshComponent": ("BodyRig", "HeroMesh", "ArmsMesh", "BeastMesh"),
    "CharacterMovementComponent": ("Movement", "Mover", "Walker"),
    "ProjectileMovementComponent": ("Flight", "ShotMovement", "Trajectory"),
    "SpringArmComponent": ("CameraBoom", "Boom", "SpringArm"),
    "SpotLightComponent": ("Spotlight", "Headlight", "Searchlight"),
    "LightComponent": ("MainLight", "RoomLight", "Candle"),
    "CapsuleComponent": ("Capsule", "BodyCapsule", "HurtCapsule"),
    "SplineComponent": ("Route", "Track", "Rail", "PathSpline"),
    "TextRenderComponent": ("Sign", "NameTag", "Plate"),
    "WidgetComponent": ("FloatingBar", "InfoPanel", "Screen"),
    "DecalComponent": ("Mark", "Crack", "Scorch"),
    "GameModeBase": ("Mode", "Rules"),
    "GameStateBase": ("MatchState", "WorldState"),
    "PlayerState": ("MyState", "ScoreState"),
    "Widget": ("Panel", "Element", "Frame1"),
    "Slider": ("VolumeSlider", "SpeedSlider", "GammaSlider"),
    "CheckBox": ("MuteBox", "VsyncBox", "AgreeBox"),
    "Image": ("Icon", "Portrait", "Crosshair"),
    "ScrollBox": ("LogBox", "ItemList", "ChatBox"),
    "WidgetSwitcher": ("Pages", "Tabs", "MenuSwitcher"),
    "MediaPlayer": ("Video", "Trailer", "Clip"),
    "PhysicsConstraintComponent": ("Joint", "Rope", "HingeJoint"),
    "RotatingMovementComponent": ("Rotor", "Spinner"),
    "FloatingPawnMovement": ("Floating", "Hover"),
    "StaticMeshActor": ("Boulder", "Pillar", "Wall1"),
    "ExponentialHeightFogComponent": ("Fog", "Mist"),
}

MESSAGES = ("Hello", "Hello World", "Game Over", "Welcome", "Door opened", "Door closed", "You win", "You lose", "Level complete", "Ready", "Go", "Reloading",
            "Out of ammo", "Checkpoint reached", "Key found", "Access denied", "Access granted", "Enemy spotted", "Alarm triggered", "Trap activated",
            "Quest complete", "New high score", "Item picked up", "Low health", "Shield down", "Boss defeated", "Wave cleared", "Time is up", "Intruder",
            "Power on", "Power off", "Saved", "Loading", "Respawning", "Player entered", "Player left", "Jump", "Fire", "Hit", "Missed", "Critical hit",
            "Inventory full", "Not enough coins", "Secret found", "Bridge lowered", "Gate unlocked", "Engine started", "Fuel empty", "Danger", "All clear",
            "Mission failed", "Mission accomplished", "Target locked", "Overheated", "Cooldown active", "Level up", "Bonus", "Combo", "Finished", "Started")
SUBJECTS = ("Door", "Gate", "Alarm", "Trap", "Lamp", "Bridge", "Engine", "Turret", "Portal", "Chest", "Boss", "Player", "Guard", "Timer", "Bomb", "Shield", "Lift", "Switch")
STATES = ("ready", "open", "closed", "armed", "active", "empty", "full", "broken", "unlocked", "lost", "found", "online", "offline", "done", "charging", "stopped")
EVENT_NAMES = ("OpenDoor", "CloseDoor", "Heal", "TakeHit", "Explode", "Respawn", "StartWave", "EndWave", "Reload", "Fire", "Activate", "Deactivate", "Toggle",
               "AddScore", "ResetLevel", "OnDeath", "ShowHint", "PlayAlarm", "StopAlarm", "GrantKey", "SpawnEnemy", "UpdateHud", "Regenerate", "Blink", "Dash",
               "StartRace", "FinishRace", "Attack", "Flee", "Patrol", "Collect", "DropItem", "ApplyBoost", "EndBoost", "CountDown", "OnPickedUp", "Unlock")
FUNCTION_NAMES = ("ComputeDamage", "GetReward", "CalculateScore", "ScaleValue", "AddBonus", "GetRemaining", "ApplyArmor", "ComputePrice", "GetPercent",
                  "CanAfford", "IsInRange", "HasEnough", "IsDefeated", "GetSpeedFactor", "ClampHealth", "MixValues", "GetDistanceScore", "RollDice")
CLASSES = ("BP_Enemy", "BP_Coin", "BP_Projectile", "BP_Bullet", "BP_Explosion", "BP_Crate", "BP_Zombie", "BP_Drone", "BP_Arrow", "BP_Rocket", "BP_Pickup",
           "BP_HealthPack", "BP_Skeleton", "BP_Meteor", "BP_Barrel", "BP_Key", "BP_Fireball", "BP_Spark", "BP_Guard", "BP_Balloon", "BP_Mine", "BP_Gem")
WIDGETS = ("WBP_HUD", "WBP_MainMenu", "WBP_PauseMenu", "WBP_GameOver", "WBP_Inventory", "WBP_Dialogue", "WBP_Crosshair", "WBP_ScoreBoard", "WBP_Hint",
           "WBP_Settings", "WBP_Victory", "WBP_Shop", "WBP_Map", "WBP_QuestLog")
SOUNDS = ("S_Explosion", "S_Door", "S_Pickup", "S_Alarm", "S_Click", "S_Jump", "S_Hit", "S_Coin", "S_Victory", "S_Reload", "S_Shot", "S_Beep", "S_Thunder")
MESHES = ("SM_Crate", "SM_Door", "SM_Rock", "SM_Lamp", "SM_Barrel", "SM_Chair", "SM_Chest", "SM_Statue")
EFFECTS = ("NS_Explosion", "NS_Smoke", "NS_Sparkle", "NS_Fire", "NS_Heal", "NS_Dust", "NS_Portal", "NS_Blood")
MATERIALS = ("M_Red", "M_Blue", "M_Glow", "M_Gold", "M_Ice", "M_Damaged", "M_Ghost", "M_Stone")
MONTAGES = ("AM_Attack", "AM_Dodge", "AM_Reload", "AM_Wave", "AM_Roll", "AM_Death")
LEVELS = ("MainMenu", "Level_01", "Level_02", "Arena", "Dungeon", "Forest", "Tutorial", "Credits", "BossRoom", "Village")
TAGS = ("Enemy", "Player", "Friendly", "Pickup", "Boss", "Door", "Key", "Target", "Guard", "Breakable", "Interactable", "Water", "Trap", "Vehicle")
KEYS = ("E", "F", "G", "Q", "R", "T", "X", "C", "V", "B", "H", "J", "K", "L", "M", "N", "P", "Z", "One", "Two", "Three", "Four", "SpaceBar", "LeftShift",
        "Tab", "Escape", "Enter", "F1", "F5", "LeftMouseButton", "RightMouseButton", "Up", "Down")
KEY_TEXTS = {"SpaceBar": "the space bar", "LeftShift": "left shift", "LeftMouseButton": "the left mouse button", "RightMouseButton": "the right mouse button",
             "One": "the 1 key", "Two": "the 2 key", "Three": "the 3 key", "Four": "the 4 key", "Up": "the up arrow", "Down": "the down arrow"}
LEGACY_ACTIONS = ("Jump", "Fire", "Interact", "Reload", "Crouch", "Sprint", "Dash", "Use", "Aim", "Melee", "Drop", "Pause", "Dodge", "Throw")
BLUEPRINT_NAMES = ("BP_Door", "BP_Trap", "BP_Lamp", "BP_Chest", "BP_Turret", "BP_Elevator", "BP_Portal", "BP_Alarm", "BP_Bomb", "BP_Fan", "BP_Gate", "BP_Switch",
                   "BP_Platform", "BP_Pickup", "BP_Spawner", "BP_Goal", "BP_Beacon", "BP_Generator", "BP_Collector", "BP_Checkpoint", "BP_Arena", "BP_Manager")
LETTER_KEYS = ("C", "E", "F", "G", "H", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W")
DISPATCHERS = ("OnOpened", "OnDied", "OnScored", "OnActivated", "OnFinished", "OnCollected", "OnAlarm", "OnUnlocked", "OnEmptied", "OnLevelUp", "OnSolved",
               "OnStarted", "OnBroken", "OnArrived", "OnHealed", "OnRoundOver", "OnPickedUp", "OnCharged")
TIMELINES = ("DoorTimeline", "Slide", "Lift", "Swing", "Fade", "Spin", "Glow", "Pulse", "Rise", "Shake", "Travel", "Blend", "Sweep", "Open", "Grow", "MoveTimeline")
PARAMETER_NAMES: dict[str, tuple[str, ...]] = {
    "Float": ("Amount", "Value", "Damage", "Bonus", "Factor", "Alpha", "Speed", "Strength", "Ratio", "Delta", "Base", "Scale", "Height", "Weight", "Price", "Rate"),
    "Int": ("Count", "Points", "Index", "Number", "Level", "Slot", "Price", "Total", "Step", "Rank", "Team", "Code", "Wave", "Bonus"),
    "Bool": ("bEnabled", "bOpen", "bSuccess", "bIsValid", "bWon", "bActive", "bFound", "bAllowed", "bLocked", "bReady"),
    "String": ("Text", "Message", "Line", "Title", "Label", "Title", "Phrase", "Nickname", "Hint", "Topic"),
    "Actor": ("Who", "Visitor", "Instigator", "Other", "Victim", "Buyer", "Source", "Opponent", "Owner1"),
    "Vector": ("Place", "Position", "Goal", "Point", "Direction", "Origin", "Offset"),
}
ACTION_STEMS = ("Jump", "Fire", "Interact", "Reload", "Crouch", "Sprint", "Dash", "Use", "Aim", "Melee", "Drop", "Pause", "Dodge", "Throw", "Move", "Look", "Zoom",
                "Boost", "Brake", "Block", "Roll", "Climb", "Grab", "Cast", "Swap")
THINGS = ("Door", "Gate", "Lantern", "Barrel", "Crystal", "Statue", "Bridge", "Engine", "Tower", "Portal", "Chest", "Dragon", "Goblin", "Robot", "Rocket",
          "Anchor", "Beacon", "Wheel", "Lever", "Banner", "Fountain", "Furnace", "Harvester", "Mirror", "Anvil", "Catapult", "Compass", "Drill", "Falcon",
          "Garden", "Hammer", "Island", "Jukebox", "Kettle", "Ladder", "Magnet", "Nest", "Orb", "Piston", "Quarry", "Raft", "Shrine", "Tunnel", "Urn",
          "Vault", "Wagon", "Yacht", "Zeppelin", "Bell", "Cannon", "Totem", "Ember", "Frost", "Storm", "Shadow", "Pearl", "Thorn", "Willow", "Comet", "Nova")
ADJECTIVES = ("Red", "Blue", "Golden", "Silent", "Ancient", "Broken", "Hidden", "Frozen", "Burning", "Heavy", "Swift", "Lucky", "Dark", "Bright", "Rusty",
              "Final", "Secret", "Magic", "Wild", "Small", "Giant", "Lost", "Empty", "Sharp", "Loud", "Cold", "Green", "Strange", "Quick", "Royal")
PHRASES = ("The {t} is {s}", "{a} {t}", "{a} {t} {s}", "You found the {t}", "Watch out", "{t}!", "No {t} here", "Take the {t}", "{n} left", "{t} {n}", "Where is the {t}?",
           "One more {t}", "Not yet", "Well done", "{a} {t} ahead", "Too late", "Come closer", "Here we go", "The {a} {t} wakes up", "Press any key", "{s}",
           "Bring me the {t}", "Somebody is near", "Do not touch the {t}", "Back to the {t}", "It works", "{t} of the {a} {t}")
REFERENCES = ("LinkedDoor", "OtherSwitch", "Partner", "Owner2", "Connected", "NextStage", "Receiver", "MainUnit", "Helper", "LinkedUnit", "Ally", "Source1", "TargetUnit",
              "Manager", "Mate", "Neighbour", "Parent1", "Twin")
ACTION_FUNCTIONS = ("Greet", "AddScore", "ResetAll", "ShowHint", "OpenAll", "CloseAll", "ApplyHit", "GiveReward", "StartRound", "EndRound", "UpdateView", "SpendEnergy",
                    "TakeDamage", "Restore", "Refill", "Drain", "PlayIntro", "Warn", "Celebrate", "Punish", "Announce", "Prepare", "Cleanup", "LevelUp")
DEEDS = ("Open", "Close", "Start", "Stop", "Raise", "Lower", "Light", "Break", "Repair", "Charge", "Drain", "Wake", "Call", "Move", "Turn", "Show", "Hide", "Award", "Check", "Prepare", "Launch",
         "Lock", "Free", "Mark", "Update", "Refresh", "Empty", "Fill", "Warn", "Count", "Switch", "Boost", "Damage", "Heal", "Steal", "Give", "Spawn", "Reset")
QUESTIONS = ("Get", "Compute", "Find", "Measure", "Rate", "Calculate", "Weigh", "Count", "Evaluate", "Scale", "Limit", "Mix")
